SELECT rows FROM vop_kept_rows WHERE task_number = %(task_number)s AND part = %(part_number)s
