SELECT id, created_at
FROM transactions
WHERE account_id = %(account_id)s AND livemode = %(livemode)s
  AND (%(pattern)s::text IS NULL OR concat_ws(chr(10), id, key, origin_id) ILIKE %(pattern)s)
  AND (%(amount_from)s::numeric IS NULL OR amount_minor >= %(amount_from)s * minor_units(currency))
  AND (%(amount_to)s::numeric IS NULL OR amount_minor <= %(amount_to)s * minor_units(currency))
  AND (%(direction)s::text IS NULL OR direction = %(direction)s)
  AND (%(key)s::text IS NULL OR key = %(key)s)
  AND (%(origin)s::text IS NULL OR origin_id = %(origin)s)
