UPDATE vop_tasks SET status = 'NOT_STARTED', records = %(records)s, chunks = %(chunks)s, deadline_at = %(deadline_at)s
WHERE number = %(task_number)s AND status = 'RECEIVING'
RETURNING *
