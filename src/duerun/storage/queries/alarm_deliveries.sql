-- One probe of the partial index for each account and mode tells the age; the count of a mode is bounded.
SELECT CASE WHEN m.livemode THEN 'live' ELSE 'test' END AS label, due.count,
  coalesce(greatest(extract(epoch FROM %(now)s::timestamptz - oldest.at), 0), 0)::float8 AS oldest_seconds
FROM (VALUES (false), (true)) AS m (livemode)
CROSS JOIN LATERAL (
  SELECT min(first.next_at) AS at FROM accounts a
  CROSS JOIN LATERAL (
    SELECT d.next_at FROM webhook_deliveries d
    WHERE d.account_id = a.id AND d.livemode = m.livemode AND d.state = 'pending' AND d.next_at <= %(now)s
    ORDER BY d.next_at
    LIMIT 1) AS first) AS oldest
CROSS JOIN LATERAL (
  SELECT count(*) AS count FROM (
    SELECT FROM accounts a
    CROSS JOIN LATERAL (
      SELECT FROM webhook_deliveries d
      WHERE d.account_id = a.id AND d.livemode = m.livemode AND d.state = 'pending' AND d.next_at <= %(now)s
      ORDER BY d.next_at LIMIT %(rows_max)s) AS one
    LIMIT %(rows_max)s) AS found) AS due
