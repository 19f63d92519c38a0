SELECT * FROM vop_tasks WHERE number = %(task_number)s
