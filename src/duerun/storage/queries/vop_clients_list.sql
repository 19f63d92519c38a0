SELECT * FROM vop_clients ORDER BY number LIMIT %(rows_max)s
