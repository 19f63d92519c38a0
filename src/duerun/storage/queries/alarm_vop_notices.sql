SELECT '' AS label, count(*) AS count,
  coalesce(greatest(extract(epoch FROM %(now)s::timestamptz - min(next_at)), 0), 0)::float8 AS oldest_seconds
FROM (SELECT next_at FROM vop_notices WHERE state = 'pending' AND next_at <= %(now)s ORDER BY next_at LIMIT %(rows_max)s) AS due
