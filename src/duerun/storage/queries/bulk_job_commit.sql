WITH dropped AS (
  DELETE FROM bulk_failures WHERE job_number = %(number)s
)
UPDATE bulk_jobs SET dry_run = false, state = %(state)s, processed_rows = 0, failed_rows = 0, completed_at = NULL,
  committed_at = %(now)s, updated_at = %(now)s
WHERE number = %(number)s AND account_id = %(account_id)s AND livemode = %(livemode)s
