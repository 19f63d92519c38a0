-- The newest files of an account, or those in one state.
SELECT * FROM bulk_jobs
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND number < %(before)s
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (completed_at IS NULL OR completed_at > %(kept_since)s)
ORDER BY number DESC
LIMIT %(rows_max)s
