-- The first row that is not any more what the dry run found.
SELECT c.row_number, c.error_message, c.first_on, f.error_code AS was, c.error_code AS code
FROM bulk_chunk c
LEFT JOIN bulk_checked k ON k.job_number = %(number)s AND k.row_number = c.row_number
LEFT JOIN bulk_failures f ON f.job_number = %(number)s AND f.row_number = c.row_number
WHERE c.error_code IS DISTINCT FROM f.error_code OR c.card_id IS DISTINCT FROM k.card_id AND c.error_code IS NULL
  OR (c.error_code IS NULL AND c.first_on < %(today)s)
ORDER BY c.row_number
LIMIT 1
