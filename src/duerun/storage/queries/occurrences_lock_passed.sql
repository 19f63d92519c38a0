SELECT id, kind FROM occurrences
WHERE schedule_id = ANY (%(schedule_ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'due'
  AND due_at <= %(now)s
ORDER BY due_at, created_at
FOR NO KEY UPDATE
