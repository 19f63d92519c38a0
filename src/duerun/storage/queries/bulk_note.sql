-- What a dry run found: nothing is created.
WITH sound AS (
  INSERT INTO bulk_checked (job_number, row_number, card_id)
  SELECT %(number)s, row_number, card_id FROM bulk_chunk WHERE error_code IS NULL
), failed AS (
  INSERT INTO bulk_failures (job_number, row_number, error_code, error_message, other_errors)
  SELECT %(number)s, row_number, error_code, error_message, other_errors FROM bulk_chunk WHERE error_code IS NOT NULL
  RETURNING 1
)
SELECT count(*) AS failed_rows FROM failed
