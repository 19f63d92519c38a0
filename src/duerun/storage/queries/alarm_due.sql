-- As in alarm_due_age; the count of a mode is bounded.
SELECT CASE WHEN m.livemode THEN 'live' ELSE 'test' END AS label, due.count, NULL::float8 AS oldest_seconds
FROM (VALUES (false), (true)) AS m (livemode)
CROSS JOIN LATERAL (
  SELECT count(*) AS count FROM (
    SELECT FROM accounts a
    CROSS JOIN (VALUES ('charge'), ('transfer')) AS k (kind)
    CROSS JOIN LATERAL (
      SELECT FROM occurrences o
      WHERE o.account_id = a.id AND o.livemode = m.livemode AND o.kind = k.kind AND o.state = 'due' AND o.due_at <= %(now)s
      ORDER BY o.due_at LIMIT %(rows_max)s) AS one
    WHERE m.livemode OR NOT EXISTS (
      SELECT FROM test_clocks c
      WHERE c.account_id = a.id AND (c.offset_microseconds > 0 OR c.advancing_until IS NOT NULL))
    LIMIT %(rows_max)s) AS found) AS due
