DELETE FROM vop_tokens WHERE client_number = %(client_number)s
