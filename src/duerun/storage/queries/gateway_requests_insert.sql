INSERT INTO gateway_requests (payment_id, gateway, account_id, livemode, kind, key, reference, amount_minor, currency,
  request_hash, description, metadata)
SELECT t.payment_id, %(gateway)s, %(account_id)s, %(livemode)s, %(kind)s, t.key, t.reference, t.amount_minor, t.currency,
  t.digest, t.description, t.metadata
FROM unnest(%(payment_ids)s::text[], %(keys)s::text[], %(reference_texts)s::text[], %(amounts)s::bigint[],
  %(currencies)s::text[], %(digests)s::bytea[], %(descriptions)s::text[], %(metadata)s::text[])
  AS t (payment_id, key, reference, amount_minor, currency, digest, description, metadata)
-- A payment that was lost and made again has the key of the one before.
ON CONFLICT (key) DO UPDATE SET payment_id = excluded.payment_id, gateway = excluded.gateway, request_hash = excluded.request_hash,
  description = excluded.description, metadata = excluded.metadata, sent_at = excluded.sent_at
