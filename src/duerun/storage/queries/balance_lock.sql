SELECT account_id FROM balances
WHERE account_id = %(account_id)s AND livemode = %(livemode)s
FOR UPDATE
