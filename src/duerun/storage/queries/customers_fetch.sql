SELECT id, livemode, email, description, metadata, default_card_id, created_at, deleted_at
FROM customers
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
