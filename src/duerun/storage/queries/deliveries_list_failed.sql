SELECT d.event_id, e.key, d.object_id, d.state, d.attempt, d.status, d.error, d.next_at
FROM webhook_deliveries d
JOIN events e ON e.id = d.event_id
WHERE d.account_id = %(account_id)s AND d.livemode = %(livemode)s AND d.error IS NOT NULL
ORDER BY d.created_at DESC, d.event_id DESC
LIMIT %(rows_max)s
