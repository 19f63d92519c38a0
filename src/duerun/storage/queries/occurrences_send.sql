-- Everything but the id stands in a CASE: stale statistics must not lead the planner away from the primary key.
UPDATE occurrences o
SET state = 'sent', token = t.token, sends = o.sends + 1, sent_at = now(), amount_minor = t.amount_minor, card_id = t.card_id,
  target_digest = t.target_digest,
  retry_on = CASE WHEN o.retry_on < %(today)s AND o.sends = 0 THEN %(today)s ELSE o.retry_on END,
  lease_until = now() + %(lease_seconds)s * interval '1 second'
FROM unnest(%(ids)b::text[], %(tokens)b::bigint[], %(amounts)b::bigint[], %(card_ids)b::text[], %(target_digests)b::bytea[])
  AS t (id, token, amount_minor, card_id, target_digest),
  set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
WHERE o.id = t.id AND CASE WHEN o.account_id = %(account_id)s AND o.livemode = %(livemode)s
  AND o.token = t.token - 1 AND o.state IN ('due', 'sent', 'unknown') THEN true END
RETURNING o.id
