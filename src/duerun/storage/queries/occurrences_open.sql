SELECT id FROM occurrences
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state IN ('sent', 'unknown')
