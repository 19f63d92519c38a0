UPDATE transfers
SET gateway_state = 'sent', token = token + 1, sends = 1, gateway_sent_at = now(), target_digest = %(target_digest)s,
  lease_until = now() + make_interval(secs => %(lease_seconds)s)
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND gateway_state = 'none'
RETURNING token
