-- As in accounts_due: the first one in the order of the index.
SELECT a.id, m.livemode
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
LEFT JOIN test_clocks c ON c.account_id = a.id AND NOT m.livemode
WHERE (a.id, m.livemode) > (%(after_id)s, %(after_livemode)s)
  AND (c.advancing_until IS NULL OR c.advancing_until <= now())
  AND least(
    (SELECT o.lease_until FROM occurrences o
      WHERE o.account_id = a.id AND o.livemode = m.livemode AND o.state IN ('sent', 'unknown') ORDER BY o.lease_until LIMIT 1),
    (SELECT h.lease_until FROM charges h
      WHERE h.account_id = a.id AND h.livemode = m.livemode AND h.gateway_state <> 'settled' ORDER BY h.lease_until LIMIT 1),
    (SELECT t.lease_until FROM transfers t
      WHERE t.account_id = a.id AND t.livemode = m.livemode AND t.gateway_state IN ('sent', 'unknown')
      ORDER BY t.lease_until LIMIT 1)) <= now()
ORDER BY a.id, m.livemode
LIMIT %(accounts_max)s
