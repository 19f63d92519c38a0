WITH used AS (
  UPDATE tokens t SET used_at = %(now)s
  FROM bulk_chunk c
  WHERE c.token_id IS NOT NULL AND c.error_code IS NULL AND t.id = c.token_id AND t.account_id = %(account_id)s
    AND t.livemode = %(livemode)s
), attached AS (
  UPDATE cards ca SET customer_id = c.customer_id, attached_at = %(now)s
  FROM bulk_chunk c
  WHERE c.token_id IS NOT NULL AND c.error_code IS NULL AND ca.id = c.card_id AND ca.account_id = %(account_id)s
    AND ca.livemode = %(livemode)s
)
UPDATE customers cu SET default_card_id = c.card_id
FROM bulk_chunk c
WHERE c.token_id IS NOT NULL AND c.error_code IS NULL AND cu.id = c.customer_id AND cu.account_id = %(account_id)s
  AND cu.livemode = %(livemode)s AND cu.default_card_id IS NULL
