SELECT r.echo, f.error_code, f.error_message, 'schd' || %(id_head)s || substr(r.id_tails, 1, 19) AS schedule_id
FROM bulk_rows r
LEFT JOIN bulk_failures f ON f.job_number = r.job_number AND f.row_number = r.row_number
WHERE r.job_number = %(number)s AND r.row_number > %(after)s AND r.row_number <= %(through)s
  AND (f.row_number IS NOT NULL OR NOT %(only_failed)s)
ORDER BY r.row_number
