UPDATE transfers
SET gateway_state = 'sent', sends = sends + 1, gateway_sent_at = now(),
  lease_until = now() + make_interval(secs => %(lease_seconds)s)
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND token = %(token)s
  AND gateway_state IN ('sent', 'unknown')
