DELETE FROM vop_tasks WHERE number = %(task_number)s AND status = 'RECEIVING'
