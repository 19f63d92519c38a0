SELECT id, livemode, schedule_id, kind, scheduled_on, retry_on, state, message, result_id, amount_minor, processed_at, created_at
FROM occurrences
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
  AND state IN ('successful', 'failed', 'skipped')
