UPDATE transfers t
SET token = t.token + 1, lease_until = now() + make_interval(secs => %(lease_seconds)s)
FROM (
  SELECT id FROM transfers
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND gateway_state IN ('sent', 'unknown')
    AND lease_until <= now()
  ORDER BY lease_until, id
  LIMIT %(rows_max)s
  FOR UPDATE SKIP LOCKED
) AS lapsed
WHERE t.id = lapsed.id
RETURNING t.id, t.token, t.sends, t.target_digest, t.amount_minor, t.currency, extract(epoch FROM now() - t.gateway_sent_at) AS waited_seconds
