-- A bounded part of the oldest job that has had its time; the job goes with its last rows.
WITH old AS (
  SELECT number FROM bulk_jobs WHERE state IN ('completed', 'cancelled') AND completed_at < %(before)s AND account_id = %(account_id)s
    AND livemode = %(livemode)s
  ORDER BY number LIMIT 1
), part AS MATERIALIZED (
  SELECT r.job_number, r.row_number FROM bulk_rows r JOIN old ON old.number = r.job_number
  ORDER BY r.row_number LIMIT %(rows_max)s
), failures AS (
  DELETE FROM bulk_failures f USING part WHERE f.job_number = part.job_number AND f.row_number = part.row_number
), checked AS (
  DELETE FROM bulk_checked k USING part WHERE k.job_number = part.job_number AND k.row_number = part.row_number
), rows AS (
  DELETE FROM bulk_rows r USING part WHERE r.job_number = part.job_number AND r.row_number = part.row_number RETURNING 1
), jobs AS (
  DELETE FROM bulk_jobs j USING old WHERE j.number = old.number AND (SELECT count(*) FROM part) < %(rows_max)s RETURNING 1
)
SELECT (SELECT count(*) FROM rows) + (SELECT count(*) FROM jobs) AS dropped
