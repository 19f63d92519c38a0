UPDATE vop_tasks SET status = 'IN_PROGRESS' WHERE number = %(task_number)s AND status = 'NOT_STARTED'
