SELECT count(*) AS sends, coalesce(max(extract(epoch FROM now() - sent_at)), 0)::float8 AS oldest_seconds
FROM (
  SELECT sent_at FROM occurrences WHERE state IN ('sent', 'unknown')
  UNION ALL
  SELECT sent_at FROM charges WHERE gateway_state <> 'settled'
  UNION ALL
  SELECT gateway_sent_at FROM transfers WHERE gateway_state IN ('sent', 'unknown')
) AS open
