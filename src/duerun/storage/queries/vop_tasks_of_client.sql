SELECT * FROM vop_tasks
WHERE client_number = %(client_number)s AND number < %(before)s AND status <> 'RECEIVING'
ORDER BY number DESC
LIMIT %(rows_max)s
