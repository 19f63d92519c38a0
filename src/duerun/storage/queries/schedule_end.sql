UPDATE schedules SET state = %(state)s, ended_at = %(ended_at)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
