UPDATE vop_notices AS notice
SET attempt = notice.attempt + 1, next_at = %(now)s + make_interval(secs => %(lease_seconds)s)
FROM vop_tasks AS task
WHERE task.number = notice.task_number AND notice.task_number IN (
  SELECT task_number FROM vop_notices
  WHERE state = 'pending' AND next_at <= %(now)s
  ORDER BY next_at
  LIMIT %(claim_rows)s
  FOR UPDATE SKIP LOCKED
)
RETURNING notice.task_number, notice.attempt, notice.first_at, task.task_id, task.status, task.detail, task.client_number
