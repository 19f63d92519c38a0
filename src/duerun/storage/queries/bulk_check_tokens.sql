-- The lock reads each token anew: one that was used since the check, or by an earlier row, is no card.
WITH locked AS MATERIALIZED (
  SELECT id, used_at FROM tokens
  WHERE id IN (SELECT token_id FROM bulk_chunk WHERE token_id IS NOT NULL AND error_code IS NULL)
  ORDER BY id
  FOR UPDATE
)
UPDATE bulk_chunk c SET error_code = 'invalid_card'
FROM (
  SELECT row_number, token_id, row_number() OVER (PARTITION BY token_id ORDER BY row_number) AS use
  FROM bulk_chunk WHERE token_id IS NOT NULL AND error_code IS NULL
) AS uses
JOIN locked ON locked.id = uses.token_id
WHERE c.row_number = uses.row_number AND (uses.use > 1 OR locked.used_at IS NOT NULL)
