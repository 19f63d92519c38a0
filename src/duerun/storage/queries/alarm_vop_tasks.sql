SELECT '' AS label, count(*) AS count,
  coalesce(greatest(extract(epoch FROM %(now)s::timestamptz - min(created_at)), 0), 0)::float8 AS oldest_seconds
FROM (
  SELECT created_at FROM vop_tasks WHERE status IN ('RECEIVING', 'NOT_STARTED', 'IN_PROGRESS') LIMIT %(rows_max)s
) AS open
