SELECT o.id, o.kind, o.schedule_id, o.scheduled_on, o.due_at, o.message, s.amount_minor, s.percentage, s.currency
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id
WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.state = 'held'
ORDER BY o.scheduled_on, o.id
LIMIT %(rows_max)s
