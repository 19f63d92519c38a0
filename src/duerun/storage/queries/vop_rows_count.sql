SELECT coalesce(sum(row_count), 0) AS row_count, coalesce(sum(fault_count), 0) AS fault_count, count(*) AS parts
FROM vop_kept_rows WHERE task_number = %(task_number)s
