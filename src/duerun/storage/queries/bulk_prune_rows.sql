WITH old AS (
  SELECT number FROM bulk_jobs WHERE state = 'completed' AND completed_at < %(before)s AND account_id = %(account_id)s
    AND livemode = %(livemode)s
  ORDER BY number LIMIT 10
), failures AS (
  DELETE FROM bulk_failures WHERE job_number IN (SELECT number FROM old)
), rows AS (
  DELETE FROM bulk_rows WHERE job_number IN (SELECT number FROM old)
)
DELETE FROM bulk_jobs WHERE number IN (SELECT number FROM old)
