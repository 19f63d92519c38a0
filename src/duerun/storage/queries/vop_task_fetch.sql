SELECT * FROM vop_tasks
WHERE task_id = %(task_id)s AND client_number = %(client_number)s AND status <> 'RECEIVING'
