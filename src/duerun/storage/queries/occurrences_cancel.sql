UPDATE occurrences SET state = 'cancelled'
FROM set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
WHERE schedule_id = ANY (%(schedule_ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
  AND state IN ('due', 'held')
