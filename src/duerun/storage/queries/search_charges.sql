SELECT c.id, c.created_at
FROM charges c
LEFT JOIN cards k ON k.id = c.card_id AND k.account_id = %(account_id)s AND k.livemode = %(livemode)s
WHERE c.account_id = %(account_id)s AND c.livemode = %(livemode)s
  AND (%(pattern)s::text IS NULL OR concat_ws(chr(10), c.id, c.description, c.customer_id, c.schedule_id, c.currency, c.failure_code,
    c.failure_message, k.name, k.bank, k.last_digits,
    CASE WHEN c.metadata <> '{}' THEN (SELECT string_agg(value, chr(10)) FROM jsonb_each_text(c.metadata)) END) ILIKE %(pattern)s)
  AND (%(amount_from)s::numeric IS NULL OR c.amount_minor >= %(amount_from)s * minor_units(c.currency))
  AND (%(amount_to)s::numeric IS NULL OR c.amount_minor <= %(amount_to)s * minor_units(c.currency))
  AND (%(refund_amount_from)s::numeric IS NULL OR c.refunded_minor >= %(refund_amount_from)s * minor_units(c.currency))
  AND (%(refund_amount_to)s::numeric IS NULL OR c.refunded_minor <= %(refund_amount_to)s * minor_units(c.currency))
  AND (%(captured_at_from)s::timestamptz IS NULL OR c.paid_at >= %(captured_at_from)s)
  AND (%(captured_at_to)s::timestamptz IS NULL OR c.paid_at < %(captured_at_to)s)
  AND (%(status)s::text IS NULL OR c.status = %(status)s)
  AND (%(currency)s::text IS NULL OR c.currency = %(currency)s)
  AND (%(customer)s::text IS NULL OR c.customer_id = %(customer)s)
  AND (%(schedule)s::text IS NULL OR c.schedule_id = %(schedule)s)
  AND (%(failure_code)s::text IS NULL OR c.failure_code = %(failure_code)s)
  AND (%(card_last_digits)s::text IS NULL OR k.last_digits = %(card_last_digits)s)
  AND (%(authorized)s::boolean IS NULL OR (c.authorized_at IS NOT NULL) = %(authorized)s)
  AND (%(captured)s::boolean IS NULL OR (c.paid_at IS NOT NULL) = %(captured)s)
  AND (%(expired)s::boolean IS NULL OR (c.status = 'expired') = %(expired)s)
  AND (%(refunded)s::boolean IS NULL OR (c.refunded_minor > 0) = %(refunded)s)
  AND (%(reversed)s::boolean IS NULL OR (c.status = 'reversed') = %(reversed)s)
  AND (%(voided)s::boolean IS NULL OR EXISTS (SELECT FROM refunds r WHERE r.charge_id = c.id AND r.voided) = %(voided)s)
