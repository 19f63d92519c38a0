-- A new start: a try that is under way meanwhile belongs to the old one and settles nothing.
INSERT INTO webhook_deliveries (event_id, account_id, livemode, object_id, uri, next_at, created_at)
SELECT id, account_id, livemode, object_id, %(uri)s, %(now)s, created_at
FROM events
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
ORDER BY id
ON CONFLICT (event_id) DO UPDATE
SET state = 'pending', attempt = 0, next_at = excluded.next_at, first_at = NULL, tried_at = NULL, status = NULL, error = NULL,
  ended_at = NULL, uri = excluded.uri
RETURNING event_id
