UPDATE vop_tasks SET status = 'TIMED_OUT', detail = %(detail)s, ended_at = %(now)s
WHERE number IN (
  SELECT number FROM vop_tasks
  WHERE status IN ('NOT_STARTED', 'IN_PROGRESS') AND deadline_at < %(now)s
  ORDER BY deadline_at
  LIMIT %(rows_max)s
  FOR UPDATE SKIP LOCKED
)
RETURNING *
