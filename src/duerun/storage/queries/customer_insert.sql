INSERT INTO customers (id, account_id, livemode, email, description, metadata, created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(email)s, %(description)s, %(metadata)s, %(now)s)
