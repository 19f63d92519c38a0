INSERT INTO console_users (name, password_hash, created_at) VALUES (%(name)s, %(password_hash)s, %(now)s)
ON CONFLICT (name) DO NOTHING
RETURNING id
