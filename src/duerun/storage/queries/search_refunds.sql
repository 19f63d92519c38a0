SELECT r.id, r.created_at
FROM refunds r
WHERE r.account_id = %(account_id)s AND r.livemode = %(livemode)s
  AND (%(pattern)s::text IS NULL OR concat_ws(chr(10), r.id, r.charge_id, r.transaction_id,
    CASE WHEN r.metadata <> '{}' THEN (SELECT string_agg(value, chr(10)) FROM jsonb_each_text(r.metadata)) END) ILIKE %(pattern)s)
  AND (%(amount_from)s::numeric IS NULL OR r.amount_minor >= %(amount_from)s * minor_units(r.currency))
  AND (%(amount_to)s::numeric IS NULL OR r.amount_minor <= %(amount_to)s * minor_units(r.currency))
  AND (%(charge)s::text IS NULL OR r.charge_id = %(charge)s)
  AND (%(voided)s::boolean IS NULL OR r.voided = %(voided)s)
  AND (%(card_last_digits)s::text IS NULL OR EXISTS (
    SELECT FROM charges c JOIN cards k ON k.id = c.card_id
    WHERE c.id = r.charge_id AND k.last_digits = %(card_last_digits)s))
