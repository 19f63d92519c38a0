INSERT INTO console_sessions (hash, user_id, account_id, livemode, created_at, seen_at, expires_at)
VALUES (%(hash)s, %(user_id)s, %(account_id)s, %(livemode)s, %(now)s, %(now)s, %(expires_at)s)
