SELECT * FROM schedules
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'charge'
