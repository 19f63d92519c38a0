SELECT id, livemode, card_id, charge_status, used_at, created_at
FROM tokens
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
