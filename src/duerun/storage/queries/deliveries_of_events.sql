SELECT event_id, uri, state, attempt, status, error, tried_at
FROM webhook_deliveries
WHERE event_id = ANY(%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND attempt > 0
