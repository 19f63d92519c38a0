SELECT d.event_id, e.key, d.object_id, d.state, d.attempt, d.status, d.error, d.next_at
FROM events e
JOIN webhook_deliveries d ON d.event_id = e.id
WHERE e.account_id = %(account_id)s AND e.livemode = %(livemode)s
ORDER BY e.created_at DESC, e.id DESC
LIMIT %(rows_max)s
