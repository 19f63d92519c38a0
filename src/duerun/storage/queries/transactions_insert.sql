INSERT INTO transactions (id, account_id, livemode, direction, key, origin_id, amount_minor, currency, transferable_at,
  created_at)
SELECT id, %(account_id)s, %(livemode)s, direction, key, origin_id, amount_minor, currency, transferable_at, created_at
FROM unnest(
  %(ids)b::text[], %(directions)b::text[], %(keys)b::text[], %(origin_ids)b::text[], %(amounts)b::bigint[],
  %(currencies)b::text[], %(transferable_at)b::timestamptz[], %(created_at)b::timestamptz[]
) AS t (id, direction, key, origin_id, amount_minor, currency, transferable_at, created_at)
