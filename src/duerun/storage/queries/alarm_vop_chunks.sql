SELECT '' AS label, count(*) AS count, NULL::float8 AS oldest_seconds
FROM (
  SELECT FROM vop_chunks WHERE state = 'open' AND (lease_until IS NULL OR lease_until < %(now)s) LIMIT %(rows_max)s
) AS waiting
