SELECT * FROM bulk_jobs
WHERE state IN ('pending', 'processing')
  AND (%(account_id)s::bigint IS NULL OR (account_id = %(account_id)s AND livemode = %(livemode)s))
ORDER BY updated_at, number
LIMIT 1
FOR UPDATE SKIP LOCKED
