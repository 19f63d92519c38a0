INSERT INTO keys (hash, account_id, livemode, kind, last_four, user_name, form, created_at)
VALUES (%(hash)s, %(account_id)s, %(livemode)s, %(kind)s, %(last_four)s, %(user_name)s, %(form)s, %(now)s)
ON CONFLICT (hash) DO UPDATE SET expires_at = NULL
