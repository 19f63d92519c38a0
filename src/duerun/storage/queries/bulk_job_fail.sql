UPDATE bulk_jobs SET state = 'failed', failure = %(failure)s, updated_at = %(now)s
WHERE number = %(number)s AND state IN ('pending', 'processing')
