-- A commit applies what the dry run found and nothing else, whatever changed since. What now fails a row that was sound is told.
UPDATE bulk_chunk c
SET error_code = 'changed_since_dry_run',
  error_message = CASE WHEN c.error_message IS NULL THEN 'Customer, card or recipient changed after the dry run'
    ELSE 'Row changed after the dry run: ' || c.error_message END
FROM (
  SELECT r.row_number, k.row_number IS NOT NULL AS was_sound, k.card_id
  FROM bulk_chunk r
  LEFT JOIN bulk_checked k ON k.job_number = %(number)s AND k.row_number = r.row_number
) AS tried
WHERE tried.row_number = c.row_number AND CASE
  WHEN c.error_code IS NULL THEN NOT tried.was_sound OR tried.card_id IS DISTINCT FROM c.card_id
  ELSE tried.was_sound END
