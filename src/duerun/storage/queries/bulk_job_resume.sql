UPDATE bulk_jobs SET state = 'processing', failure = NULL, updated_at = %(now)s
WHERE number = %(number)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'failed'
