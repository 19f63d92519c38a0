SELECT d.event_id, e.key, d.object_id, d.uri, d.state, d.attempt, d.status, d.error, d.next_at, d.tried_at, e.created_at
FROM webhook_deliveries d
JOIN events e ON e.id = d.event_id
WHERE d.event_id = ANY (%(ids)s) AND d.account_id = %(account_id)s AND d.livemode = %(livemode)s
