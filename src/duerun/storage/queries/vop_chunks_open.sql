UPDATE vop_chunks SET state = 'open' WHERE task_number = %(task_number)s AND state = 'received'
