SELECT id, livemode, direction, key, origin_id, amount_minor, currency, transferable_at, created_at
FROM transactions
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
