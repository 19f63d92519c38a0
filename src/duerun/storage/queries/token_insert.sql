INSERT INTO tokens (id, account_id, livemode, card_id, created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(card_id)s, %(now)s)
