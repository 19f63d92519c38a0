UPDATE occurrences SET state = 'skipped', processed_at = %(now)s
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'held'
