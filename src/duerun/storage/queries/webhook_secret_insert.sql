INSERT INTO webhook_secrets (id, account_id, livemode, readable_secret, last_digits, created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(readable_secret)s, %(last_digits)s, %(now)s)
