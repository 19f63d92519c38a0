-- One probe of the partial index for each account, mode and kind, as in accounts_due. Accounts whose test clock was moved are left out:
-- what is due there depends on that clock, and nobody waits for it.
SELECT CASE WHEN m.livemode THEN 'live' ELSE 'test' END AS label, 0 AS count,
  greatest(extract(epoch FROM %(now)s::timestamptz - min(first.due_at)), 0)::float8 AS oldest_seconds
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
CROSS JOIN (VALUES ('charge'), ('transfer')) AS k (kind)
CROSS JOIN LATERAL (
  SELECT o.due_at FROM occurrences o
  WHERE o.account_id = a.id AND o.livemode = m.livemode AND o.kind = k.kind AND o.state = 'due' AND o.due_at <= %(now)s
  ORDER BY o.due_at
  LIMIT 1) AS first
WHERE m.livemode OR NOT EXISTS (
  SELECT FROM test_clocks c
  WHERE c.account_id = a.id AND (c.offset_microseconds > 0 OR c.advancing_until IS NOT NULL))
GROUP BY m.livemode
