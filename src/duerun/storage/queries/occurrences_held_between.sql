SELECT o.id, o.kind, o.schedule_id, o.scheduled_on, s.amount_minor, s.percentage, s.currency
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id
WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.state = 'held' AND o.scheduled_on BETWEEN %(first)s AND %(last)s
ORDER BY o.scheduled_on, o.id
