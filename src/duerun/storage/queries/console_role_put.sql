INSERT INTO console_roles (user_id, account_id, role) VALUES (%(user_id)s, %(account_id)s, %(role)s)
ON CONFLICT (user_id, account_id) DO UPDATE SET role = excluded.role
