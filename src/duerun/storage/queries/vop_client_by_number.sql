SELECT * FROM vop_clients WHERE number = %(client_number)s
