UPDATE charges c SET sends = c.sends + 1, sent_at = now(),
  lease_until = now() + %(lease_seconds)s * interval '1 second'
FROM unnest(%(ids)s::text[], %(tokens)s::bigint[]) AS t (id, token)
WHERE c.id = t.id AND c.account_id = %(account_id)s AND c.livemode = %(livemode)s AND c.token = t.token
  AND c.gateway_state <> 'settled'
RETURNING c.id
