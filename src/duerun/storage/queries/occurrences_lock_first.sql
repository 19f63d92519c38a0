SELECT id FROM occurrences
WHERE schedule_id = %(schedule_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'due'
  AND scheduled_on = %(scheduled_on)s AND attempt = 0
FOR NO KEY UPDATE SKIP LOCKED
