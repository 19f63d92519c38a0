SELECT count(*) AS count FROM vop_tasks
WHERE client_number = %(client_number)s AND status IN ('RECEIVING', 'NOT_STARTED', 'IN_PROGRESS')
