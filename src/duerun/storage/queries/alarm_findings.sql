SELECT '' AS label, count(*) AS count, coalesce(greatest(extract(epoch FROM now() - min(first_seen_at)), 0), 0)::float8 AS oldest_seconds
FROM (
  SELECT first_seen_at FROM gateway_findings WHERE resolved_at IS NULL AND acknowledged_at IS NULL LIMIT %(rows_max)s
) AS open
