UPDATE vop_notices SET state = %(state)s, next_at = %(next_at)s, status = %(status)s, error = %(error)s
WHERE task_number = %(task_number)s AND attempt = %(attempt)s AND state = 'pending'
