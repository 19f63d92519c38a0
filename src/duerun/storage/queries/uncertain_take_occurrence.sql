UPDATE occurrences SET token = token + 1, lease_until = now() + %(lease_seconds)s * interval '1 second'
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
  AND (state = 'unknown' OR state = 'sent' AND lease_until <= now())
RETURNING kind
