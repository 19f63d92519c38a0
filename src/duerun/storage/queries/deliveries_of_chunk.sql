-- The ids are those that bulk_apply gives.
INSERT INTO webhook_deliveries (event_id, account_id, livemode, object_id, uri, created_at)
SELECT 'evnt' || %(id_head)s || substr(id_tails, 1, 8) || substr(id_tails, 42, 11), %(account_id)s, %(livemode)s,
  'schd' || %(id_head)s || substr(id_tails, 1, 19), %(uri)s, %(created_at)s::timestamptz + row_number * interval '1 microsecond'
FROM bulk_chunk
WHERE error_code IS NULL
ORDER BY row_number
