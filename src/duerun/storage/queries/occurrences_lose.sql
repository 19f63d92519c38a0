-- Everything but the id stands in a CASE: stale statistics must not lead the planner away from the primary key.
UPDATE occurrences o
SET state = 'unknown', put_off_at_send = CASE WHEN t.is_put_off THEN o.sends END,
  lease_until = now() + %(ask_again_seconds)s * interval '1 second' * CASE WHEN t.is_put_off THEN 1
    ELSE greatest(1, least(20, extract(epoch FROM now() - o.sent_at)::float8 / 30), least(20, (o.sends - 1) / 3.0)) END
FROM unnest(%(ids)b::text[], %(tokens)b::bigint[], %(put_off)b::boolean[]) AS t (id, token, is_put_off),
  set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
WHERE o.id = t.id AND CASE WHEN o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.token = t.token
  AND o.state IN ('sent', 'unknown') THEN true END
