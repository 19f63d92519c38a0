UPDATE schedules SET state = 'deleted', ended_at = coalesce(ended_at, %(now)s)
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
