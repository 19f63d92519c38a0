UPDATE occurrences SET due_at = %(due_at)s
FROM set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
WHERE schedule_id = %(schedule_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND scheduled_on = %(on_date)s
  AND attempt = 0 AND state = 'due'
