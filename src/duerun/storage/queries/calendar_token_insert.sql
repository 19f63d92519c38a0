INSERT INTO calendar_tokens (id, account_id, livemode, hash, last_four, scope, scope_id, created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(hash)s, %(last_four)s, %(scope)s, %(scope_id)s, %(now)s)
