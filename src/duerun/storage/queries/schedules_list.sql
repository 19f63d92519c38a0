SELECT * FROM schedules
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND (%(kind)s::text IS NULL OR kind = %(kind)s)
