UPDATE bulk_jobs
SET processed_rows = %(processed_rows)s, failed_rows = failed_rows + %(failed_rows)s, updated_at = %(now)s,
  state = CASE WHEN %(processed_rows)s = total_rows THEN 'completed' ELSE 'processing' END,
  completed_at = CASE WHEN %(processed_rows)s = total_rows THEN %(now)s::timestamptz END
WHERE number = %(number)s AND processed_rows = %(after)s AND state IN ('pending', 'processing')
