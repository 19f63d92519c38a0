UPDATE occurrences SET state = 'cancelled'
WHERE schedule_id = ANY (%(schedule_ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
  AND state IN ('due', 'held')
