INSERT INTO transactions (id, account_id, livemode, direction, key, origin_id, amount_minor, currency, transferable_at,
  created_at)
SELECT id, %(account_id)s, %(livemode)s, direction, key, origin_id, amount_minor, currency, transferable_at, created_at
FROM unnest(
  %(ids)s::text[], %(directions)s::text[], %(keys)s::text[], %(origin_ids)s::text[], %(amounts)s::bigint[],
  %(currencies)s::text[], %(transferable_at)s::timestamptz[], %(created_at)s::timestamptz[]
) AS t (id, direction, key, origin_id, amount_minor, currency, transferable_at, created_at)
