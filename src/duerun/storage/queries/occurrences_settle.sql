-- Everything but the id stands in a CASE: stale statistics must not lead the planner away from the primary key.
UPDATE occurrences o
SET state = t.state, message = t.message, result_id = t.result_id, lease_until = NULL,
  processed_at = CASE WHEN t.state NOT IN ('held', 'cancelled') THEN %(now)s::timestamptz END
FROM unnest(%(ids)b::text[], %(tokens)b::bigint[], %(states)b::text[], %(messages)b::text[], %(result_ids)b::text[])
  AS t (id, token, state, message, result_id),
  set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
WHERE o.id = t.id AND CASE WHEN o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.token = t.token
  AND o.state IN ('due', 'sent', 'unknown') THEN true END
RETURNING o.id
