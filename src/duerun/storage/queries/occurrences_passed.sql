SELECT id FROM occurrences
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = %(kind)s AND state = 'due' AND due_at <= %(until)s
ORDER BY due_at, created_at
LIMIT %(rows_max)s
