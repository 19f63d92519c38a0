UPDATE webhook_deliveries d
SET state = t.state, next_at = t.next_at, status = t.status, error = t.error,
  ended_at = CASE WHEN t.state <> 'pending' THEN %(now)s::timestamptz END
FROM unnest(%(ids)s::text[], %(attempts)s::integer[], %(states)s::text[], %(next_at)s::timestamptz[], %(statuses)s::integer[],
  %(errors)s::text[]) AS t (event_id, attempt, state, next_at, status, error)
WHERE d.event_id = t.event_id AND d.account_id = %(account_id)s AND d.livemode = %(livemode)s AND d.attempt = t.attempt
  AND d.state = 'pending'
