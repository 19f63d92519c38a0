SELECT c.id, c.created_at
FROM customers c
WHERE c.account_id = %(account_id)s AND c.livemode = %(livemode)s AND c.deleted_at IS NULL
  AND (%(pattern)s::text IS NULL OR concat_ws(chr(10), c.id, c.email, c.description,
    CASE WHEN c.metadata <> '{}' THEN (SELECT string_agg(value, chr(10)) FROM jsonb_each_text(c.metadata)) END) ILIKE %(pattern)s)
  AND (%(email)s::text IS NULL OR lower(c.email) = lower(%(email)s))
  AND (%(default_card)s::boolean IS NULL OR (c.default_card_id IS NOT NULL) = %(default_card)s)
  AND (%(card_last_digits)s::text IS NULL OR EXISTS (
    SELECT FROM cards k WHERE k.customer_id = c.id AND k.deleted_at IS NULL AND k.last_digits = %(card_last_digits)s))
