-- A scalar subquery with a LIMIT is never turned into a join: one probe of the partial index for each account.
SELECT a.id, m.livemode
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
LEFT JOIN test_clocks c ON c.account_id = a.id AND NOT m.livemode
WHERE (a.id, m.livemode) > (%(after_id)s, %(after_livemode)s)
  AND (c.advancing_until IS NULL OR c.advancing_until <= now())
  AND coalesce(
    (SELECT true FROM occurrences o WHERE o.account_id = a.id AND o.livemode = m.livemode AND o.state IN ('sent', 'unknown')
      AND o.lease_until <= now() LIMIT 1),
    (SELECT true FROM charges h WHERE h.account_id = a.id AND h.livemode = m.livemode AND h.gateway_state <> 'settled'
      AND h.lease_until <= now() LIMIT 1),
    (SELECT true FROM transfers t WHERE t.account_id = a.id AND t.livemode = m.livemode
      AND t.gateway_state IN ('sent', 'unknown') AND t.lease_until <= now() LIMIT 1))
ORDER BY a.id, m.livemode
LIMIT %(accounts_max)s
