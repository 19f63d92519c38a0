-- Rows that fail for another reason, and whose key an earlier, sound row of the file has.
UPDATE bulk_chunk c
SET other_errors = coalesce(c.other_errors, '[]') || jsonb_build_array(jsonb_build_array('duplicate_schedule',
  'Schedule already exists for customer: row ' || e.row_number || ' of this file'))
FROM (SELECT customer_key, min(row_number) AS row_number FROM bulk_chunk WHERE error_code IS NULL GROUP BY customer_key) AS e
WHERE c.error_code NOT IN ('duplicate_schedule', 'missing_customer_key', 'invalid_customer_key')
  AND e.customer_key = c.customer_key AND e.row_number < c.row_number
  AND NOT coalesce(c.other_errors, '[]') @> '[["duplicate_schedule"]]'
