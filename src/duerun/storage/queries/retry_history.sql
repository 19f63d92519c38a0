-- The newest dates whose first charge failed, each with all its attempts.
SELECT o.schedule_id, o.scheduled_on, o.attempt, o.state, o.processed_at, o.result_id IS NOT NULL AS was_sent, c.failure_code
FROM (
  SELECT schedule_id, scheduled_on, processed_at FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'charge' AND state = 'failed' AND attempt = 0
    AND processed_at >= %(since)s
  ORDER BY processed_at DESC
  LIMIT %(dates_max)s
) AS f
JOIN occurrences o ON o.schedule_id = f.schedule_id AND o.scheduled_on = f.scheduled_on
LEFT JOIN charges c ON c.id = o.result_id
ORDER BY f.processed_at DESC, o.schedule_id, o.scheduled_on, o.attempt
