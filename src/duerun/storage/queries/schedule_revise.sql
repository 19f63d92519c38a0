UPDATE schedules SET revision = revision + 1
WHERE id = %(schedule_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
