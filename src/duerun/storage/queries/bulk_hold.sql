-- A commit applies what the dry run found and nothing else, whatever changed since.
UPDATE bulk_chunk c
SET error_code = 'changed_since_dry_run', error_message = 'Customer, card or recipient changed after the dry run'
WHERE c.error_code IS NULL AND NOT EXISTS (
  SELECT FROM bulk_checked k
  WHERE k.job_number = %(number)s AND k.row_number = c.row_number AND k.card_id IS NOT DISTINCT FROM c.card_id)
