SELECT a.id, a.public_id, k.livemode, a.team_id, a.email, a.country, a.currency, a.timezone, a.api_version,
  a.charge_run_time, a.transfer_run_time,
  CASE WHEN k.livemode THEN a.webhook_uri_live ELSE a.webhook_uri_test END AS webhook_uri,
  a.settings, a.created_at,
  g.number AS gateway_number, g.url AS gateway_url, g.token AS gateway_token, g.terms AS gateway_terms,
  k.kind AS key_kind, k.user_name, k.used_at AS key_used_at,
  hash_record_extended(ROW(k, a, c, g), 0) AS proof,
  CASE WHEN k.livemode THEN 0 ELSE coalesce(c.offset_microseconds, 0) END AS offset_microseconds
FROM keys k
JOIN accounts a ON a.id = k.account_id
LEFT JOIN test_clocks c ON c.account_id = a.id
LEFT JOIN gateways g ON g.account_id = a.id AND g.livemode = k.livemode AND g.retired_at IS NULL
WHERE k.hash = %(hash)s AND (k.expires_at IS NULL OR k.expires_at > %(now)s)
