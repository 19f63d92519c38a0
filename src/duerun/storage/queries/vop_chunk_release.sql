UPDATE vop_chunks SET lease_until = NULL, holder = NULL
WHERE task_number = %(task_number)s AND chunk_number = %(chunk_number)s AND state = 'open' AND token = %(token)s
