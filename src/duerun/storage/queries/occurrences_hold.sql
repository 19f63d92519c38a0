UPDATE occurrences SET state = 'held', message = %(message)s
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'due'
