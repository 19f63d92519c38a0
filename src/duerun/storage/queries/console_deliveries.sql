-- The newest events with deliveries that meet the criteria, of so many events that are looked at; behind them the last one that was.
(
  SELECT e.id, e.created_at, true AS is_found
  FROM (
    SELECT id, created_at, key, object_id
    FROM events
    WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND created_at <= %(before_at)s::timestamptz
      AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
    ORDER BY created_at DESC, id DESC
    LIMIT %(scanned_max)s
  ) AS e
  JOIN webhook_deliveries d ON d.event_id = e.id
  WHERE (%(pattern)s::text IS NULL OR concat_ws(chr(10), e.id, e.key, e.object_id, d.status, d.error) ILIKE %(pattern)s)
    AND CASE %(state)s::text WHEN 'failing' THEN d.state = 'pending' AND d.error IS NOT NULL ELSE d.state = coalesce(%(state)s::text, d.state) END
  ORDER BY e.created_at DESC, e.id DESC
  LIMIT %(rows_max)s
)
UNION ALL
(
  SELECT id, created_at, false
  FROM events
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND created_at <= %(before_at)s::timestamptz
    AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
  ORDER BY created_at DESC, id DESC
  OFFSET %(scanned_max)s - 1 LIMIT 1
)
