-- One probe of the partial index for each account and mode, and a bounded count.
SELECT CASE WHEN m.livemode THEN 'live' ELSE 'test' END AS label, sum(due.count)::bigint AS count,
  greatest(extract(epoch FROM %(now)s::timestamptz - min(due.oldest_at)), 0)::float8 AS oldest_seconds
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
CROSS JOIN LATERAL (
  SELECT count(*) AS count, min(next_at) AS oldest_at FROM (
    SELECT d.next_at FROM webhook_deliveries d
    WHERE d.account_id = a.id AND d.livemode = m.livemode AND d.state = 'pending' AND d.next_at <= %(now)s
    ORDER BY d.next_at
    LIMIT %(rows_max)s) AS found) AS due
GROUP BY m.livemode
