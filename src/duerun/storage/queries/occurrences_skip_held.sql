UPDATE occurrences SET state = 'skipped', processed_at = %(now)s
FROM set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'held'
