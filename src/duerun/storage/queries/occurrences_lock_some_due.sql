SELECT id FROM occurrences
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'due'
ORDER BY due_at, created_at
FOR NO KEY UPDATE SKIP LOCKED
