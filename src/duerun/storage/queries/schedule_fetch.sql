SELECT * FROM schedules
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
