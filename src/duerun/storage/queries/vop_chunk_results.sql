SELECT results FROM vop_chunks
WHERE task_number = %(task_number)s AND chunk_number = %(chunk_number)s AND state = 'done'
