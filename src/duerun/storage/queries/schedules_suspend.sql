UPDATE schedules SET state = 'suspended', ended_at = %(now)s
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'active'
RETURNING id
