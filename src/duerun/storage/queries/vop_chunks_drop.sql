DELETE FROM vop_chunks WHERE task_number = %(task_number)s
