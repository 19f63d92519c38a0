SELECT * FROM schedules
WHERE customer_id = %(owner_id)s AND kind = 'charge' AND account_id = %(account_id)s AND livemode = %(livemode)s
