INSERT INTO vop_kept_rows (task_number, part, row_count, fault_count, rows)
VALUES (%(task_number)s, %(part_number)s, %(row_count)s, %(fault_count)s, %(rows)b)
