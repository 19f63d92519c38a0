SELECT r.row_number, r.echo, f.error_code, f.error_message, f.other_errors,
  CASE WHEN r.row_number > %(processed)s THEN 'not_processed' WHEN f.row_number IS NULL THEN 'success' ELSE 'failed' END AS status,
  'schd' || %(id_head)s || substr(r.id_tails, 1, 19) AS schedule_id, r.every, r.period, r.on_text, r.start_on, r.end_on
FROM bulk_rows r
LEFT JOIN bulk_failures f ON f.job_number = r.job_number AND f.row_number = r.row_number
WHERE r.job_number = %(number)s AND r.row_number > %(after)s AND r.row_number <= %(through)s
  AND CASE %(only)s
    WHEN 'failed' THEN f.row_number IS NOT NULL
    WHEN 'success' THEN f.row_number IS NULL AND r.row_number <= %(processed)s
    WHEN 'not_processed' THEN r.row_number > %(processed)s
    ELSE true END
ORDER BY r.row_number
