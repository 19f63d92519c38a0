-- The failed rows behind one, as `bulk_report_rows` tells them.
SELECT r.row_number, r.echo, f.error_code, f.error_message, f.other_errors, 'failed' AS status, NULL AS schedule_id,
  r.every, r.period, r.on_text, r.start_on, r.end_on
FROM bulk_failures f
JOIN bulk_rows r ON r.job_number = f.job_number AND r.row_number = f.row_number
WHERE f.job_number = %(number)s AND f.row_number > %(after)s
ORDER BY f.row_number
LIMIT %(rows_max)s
