UPDATE bulk_chunk c SET error_code = 'invalid_card'
FROM (
  SELECT row_number, row_number() OVER (PARTITION BY token_id ORDER BY row_number) AS use
  FROM bulk_chunk WHERE token_id IS NOT NULL AND error_code IS NULL
) AS uses
WHERE c.row_number = uses.row_number AND uses.use > 1
