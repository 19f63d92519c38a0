UPDATE vop_tasks SET status = %(status)s, detail = %(detail)s, ended_at = %(now)s
WHERE number = %(task_number)s AND status IN ('RECEIVING', 'NOT_STARTED', 'IN_PROGRESS')
RETURNING *
