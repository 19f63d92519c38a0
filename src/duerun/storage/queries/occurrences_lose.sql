-- Everything but the id stands in a CASE: stale statistics must not lead the planner away from the primary key.
UPDATE occurrences o
SET state = 'unknown', lease_until = now() + %(ask_again_seconds)s * interval '1 second'
  * greatest(1, least(20, extract(epoch FROM now() - o.sent_at)::float8 / 30), least(20, o.sends - 1))
FROM unnest(%(ids)b::text[], %(tokens)b::bigint[]) AS t (id, token),
  set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
WHERE o.id = t.id AND CASE WHEN o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.token = t.token
  AND o.state IN ('sent', 'unknown') THEN true END
