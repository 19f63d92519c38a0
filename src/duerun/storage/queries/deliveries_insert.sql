INSERT INTO webhook_deliveries (event_id, account_id, livemode, object_id, uri, created_at)
SELECT id, account_id, livemode, object_id, %(uri)s, created_at
FROM events
WHERE id = ANY(%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
