-- The latest occurrences of a schedule, those to come among them.
SELECT o.id, o.scheduled_on, o.attempt, o.retry_on, o.due_at, o.state, o.sent_at, o.released, o.message, o.result_id, o.processed_at,
  o.amount_minor
FROM occurrences o
WHERE o.schedule_id = %(schedule_id)s AND o.account_id = %(account_id)s AND o.livemode = %(livemode)s
ORDER BY o.scheduled_on DESC, o.attempt DESC
LIMIT %(rows_max)s
