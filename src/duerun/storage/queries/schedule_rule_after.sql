UPDATE schedules SET rule_after = %(day)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
