-- What was settled within a day, and what is open on it beside the next dates of schedules.
SELECT o.id, o.schedule_id, o.kind, o.state, o.scheduled_on, o.retry_on, o.due_at, o.processed_at, o.message, o.result_id,
  coalesce(o.amount_minor, d.amount_minor, s.amount_minor) AS amount_minor, s.currency
FROM (
  SELECT * FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND processed_at >= %(since)s AND processed_at < %(until)s
  UNION ALL
  SELECT * FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind IN ('charge', 'transfer') AND state = 'due'
    AND (attempt > 0 OR released) AND due_at >= %(open_since)s AND due_at < %(until)s
  UNION ALL
  SELECT * FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'held' AND due_at >= %(since)s AND due_at < %(until)s
  UNION ALL
  SELECT * FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state IN ('sent', 'unknown')
    AND due_at >= %(open_since)s AND due_at < %(until)s
) AS o
JOIN schedules s ON s.id = o.schedule_id
LEFT JOIN schedule_dates d ON d.schedule_id = o.schedule_id AND d.on_date = o.scheduled_on
WHERE o.id > %(after)s
ORDER BY o.id
LIMIT %(rows_max)s
