-- What waited for a delivery that is through may go at once.
UPDATE webhook_deliveries
SET next_at = %(now)s
WHERE object_id = ANY(%(object_ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'pending'
  AND attempt = 0 AND next_at > %(now)s
