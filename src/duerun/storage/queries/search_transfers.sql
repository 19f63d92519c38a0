SELECT t.id, t.created_at
FROM transfers t
JOIN recipients r ON r.id = t.recipient_id AND r.account_id = %(account_id)s AND r.livemode = %(livemode)s
WHERE t.account_id = %(account_id)s AND t.livemode = %(livemode)s AND t.deleted_at IS NULL
  AND (%(pattern)s::text IS NULL OR concat_ws(chr(10), t.id, t.recipient_id, t.schedule_id, t.failure_code, t.failure_message, r.name,
    r.bank_account_name,
    CASE WHEN t.metadata <> '{}' THEN (SELECT string_agg(value, chr(10)) FROM jsonb_each_text(t.metadata)) END) ILIKE %(pattern)s)
  AND (%(amount_from)s::numeric IS NULL OR t.amount_minor >= %(amount_from)s * minor_units(t.currency))
  AND (%(amount_to)s::numeric IS NULL OR t.amount_minor <= %(amount_to)s * minor_units(t.currency))
  AND (%(sent_at_from)s::timestamptz IS NULL OR t.sent_at >= %(sent_at_from)s)
  AND (%(sent_at_to)s::timestamptz IS NULL OR t.sent_at < %(sent_at_to)s)
  AND (%(currency)s::text IS NULL OR t.currency = %(currency)s)
  AND (%(recipient)s::text IS NULL OR t.recipient_id = %(recipient)s)
  AND (%(schedule)s::text IS NULL OR t.schedule_id = %(schedule)s)
  AND (%(failure_code)s::text IS NULL OR t.failure_code = %(failure_code)s)
  AND (%(bank_last_digits)s::text IS NULL OR right(r.bank_account_number, 4) = %(bank_last_digits)s)
  AND (%(failed)s::boolean IS NULL OR (t.failed_at IS NOT NULL) = %(failed)s)
  AND (%(paid)s::boolean IS NULL OR (t.paid_at IS NOT NULL) = %(paid)s)
  AND (%(sent)s::boolean IS NULL OR (t.sent_at IS NOT NULL) = %(sent)s)
