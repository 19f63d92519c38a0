WITH dropped AS (
  DELETE FROM vop_kept_rows WHERE task_number = %(task_number)s
)
DELETE FROM vop_chunks WHERE task_number = %(task_number)s
