-- Those that are due, in turn. One whose object has an older delivery to come, tried a few times at most, is moved behind that one.
WITH due AS MATERIALIZED (
  SELECT event_id, object_id, created_at
  FROM webhook_deliveries
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'pending' AND next_at <= %(now)s
  ORDER BY next_at, created_at, event_id
  LIMIT %(claim_rows)s
  FOR UPDATE SKIP LOCKED
), placed AS (
  SELECT due.event_id, (
    SELECT max(older.next_at) FROM webhook_deliveries older
    WHERE older.object_id = due.object_id AND older.account_id = %(account_id)s AND older.livemode = %(livemode)s
      AND older.state = 'pending' AND older.attempt < %(ordered_tries)s
      AND (older.created_at, older.event_id) < (due.created_at, due.event_id)) AS behind
  FROM due
), moved AS (
  UPDATE webhook_deliveries d
  SET attempt = d.attempt + CASE WHEN behind IS NULL THEN 1 ELSE 0 END,
    next_at = coalesce(behind, %(now)s::timestamptz + %(lease_seconds)s * interval '1 second'),
    first_at = CASE WHEN behind IS NULL THEN coalesce(d.first_at, %(now)s) ELSE d.first_at END,
    tried_at = CASE WHEN behind IS NULL THEN %(account_now)s ELSE d.tried_at END,
    uri = CASE WHEN behind IS NULL THEN %(uri)s ELSE d.uri END
  FROM placed
  WHERE d.event_id = placed.event_id
  RETURNING d.event_id, d.attempt, d.first_at, behind
)
SELECT m.event_id, m.attempt, m.first_at, m.behind IS NOT NULL AS waits,
  e.id, e.livemode, e.key, e.object_id, e.api_version, e.created_at, e.data
FROM moved m
JOIN events e ON e.id = m.event_id
ORDER BY e.created_at, e.id
