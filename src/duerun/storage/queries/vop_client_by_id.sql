SELECT * FROM vop_clients WHERE client_id = %(client_id)s
