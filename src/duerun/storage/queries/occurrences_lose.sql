UPDATE occurrences o
SET state = 'unknown', lease_until = now() + %(ask_after_seconds)s * interval '1 second'
FROM unnest(%(ids)s::text[], %(tokens)s::bigint[]) AS t (id, token)
WHERE o.id = t.id AND o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.token = t.token
  AND o.state IN ('sent', 'unknown')
