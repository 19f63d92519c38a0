SELECT id FROM charges
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
FOR UPDATE
