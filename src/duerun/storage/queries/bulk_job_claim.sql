SELECT * FROM bulk_jobs
WHERE state IN ('pending', 'processing')
ORDER BY updated_at, number
LIMIT 1
FOR UPDATE SKIP LOCKED
