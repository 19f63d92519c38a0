SELECT a.id, a.public_id, m.livemode, a.team_id, a.email, a.country, a.currency, a.timezone, a.api_version,
  a.charge_run_time, a.transfer_run_time,
  CASE WHEN m.livemode THEN a.webhook_uri_live ELSE a.webhook_uri_test END AS webhook_uri,
  a.settings, a.created_at,
  g.number AS gateway_number, g.url AS gateway_url, g.token AS gateway_token, g.terms AS gateway_terms,
  CASE WHEN m.livemode THEN 0 ELSE coalesce(c.offset_microseconds, 0) END AS offset_microseconds
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
LEFT JOIN test_clocks c ON c.account_id = a.id
LEFT JOIN gateways g ON g.account_id = a.id AND g.livemode = m.livemode AND g.retired_at IS NULL
WHERE %(account_id)s::bigint IS NULL OR (a.id = %(account_id)s AND m.livemode = %(livemode)s)
ORDER BY a.id, m.livemode
