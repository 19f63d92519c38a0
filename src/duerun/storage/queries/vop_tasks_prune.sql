DELETE FROM vop_tasks WHERE number IN (
  SELECT number FROM vop_tasks
  WHERE ended_at < %(ended_before)s OR (status = 'RECEIVING' AND deadline_at < %(now)s)
  LIMIT %(rows_max)s
)
