SELECT r.id, r.created_at
FROM recipients r
WHERE r.account_id = %(account_id)s AND r.livemode = %(livemode)s AND r.deleted_at IS NULL
  AND (%(pattern)s::text IS NULL OR concat_ws(chr(10), r.id, r.name, r.email, r.description, r.tax_id, r.bank_account_name,
    CASE WHEN r.metadata <> '{}' THEN (SELECT string_agg(value, chr(10)) FROM jsonb_each_text(r.metadata)) END) ILIKE %(pattern)s)
  AND (%(email)s::text IS NULL OR lower(r.email) = lower(%(email)s))
  AND (%(type)s::text IS NULL OR r.type = %(type)s)
  AND (%(bank_last_digits)s::text IS NULL OR right(r.bank_account_number, 4) = %(bank_last_digits)s)
  AND (%(active)s::boolean IS NULL OR (r.activated_at IS NOT NULL) = %(active)s)
  AND (%(verified)s::boolean IS NULL OR (r.verified_at IS NOT NULL) = %(verified)s)
