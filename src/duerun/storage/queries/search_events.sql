SELECT id, created_at
FROM events
WHERE account_id = %(account_id)s AND livemode = %(livemode)s
  AND (%(pattern)s::text IS NULL OR concat_ws(chr(10), id, key, object_id) ILIKE %(pattern)s)
  AND (%(key)s::text IS NULL OR key = %(key)s)
