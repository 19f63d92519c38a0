UPDATE occurrences SET state = 'due', released = true, due_at = greatest(due_at, %(now)s), message = NULL
FROM set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'held'
