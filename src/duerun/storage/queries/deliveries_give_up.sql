UPDATE webhook_deliveries
SET state = 'given_up', next_at = NULL, error = %(error)s, ended_at = %(now)s
WHERE event_id IN (
  SELECT event_id FROM webhook_deliveries
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'pending' AND next_at <= %(now)s
  ORDER BY next_at
  LIMIT %(claim_rows)s
  FOR UPDATE SKIP LOCKED)
  AND account_id = %(account_id)s AND livemode = %(livemode)s
