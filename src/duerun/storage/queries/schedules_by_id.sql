SELECT id FROM schedules
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
