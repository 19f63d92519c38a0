UPDATE events SET data = %(data)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND data IS NULL
