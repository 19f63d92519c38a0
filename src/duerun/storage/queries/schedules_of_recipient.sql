SELECT * FROM schedules
WHERE recipient_id = %(owner_id)s AND kind = 'transfer' AND account_id = %(account_id)s AND livemode = %(livemode)s
