-- As in alarm_due_age; the count of an account, mode and kind is bounded.
SELECT CASE WHEN m.livemode THEN 'live' ELSE 'test' END AS label, sum(due.count)::bigint AS count, NULL::float8 AS oldest_seconds
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
CROSS JOIN (VALUES ('charge'), ('transfer')) AS k (kind)
CROSS JOIN LATERAL (
  SELECT count(*) AS count FROM (
    SELECT FROM occurrences o
    WHERE o.account_id = a.id AND o.livemode = m.livemode AND o.kind = k.kind AND o.state = 'due' AND o.due_at <= %(now)s
    LIMIT %(rows_max)s) AS found) AS due
WHERE m.livemode OR NOT EXISTS (
  SELECT FROM test_clocks c
  WHERE c.account_id = a.id AND (c.offset_microseconds > 0 OR c.advancing_until IS NOT NULL))
GROUP BY m.livemode
