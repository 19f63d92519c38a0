UPDATE schedules SET paused_at = %(paused_at)s
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'active'
