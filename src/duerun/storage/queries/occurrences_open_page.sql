SELECT id FROM occurrences
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = %(kind)s AND id > %(after)s
  AND (state = 'held' OR state = 'due' AND (due_at <= %(until)s OR attempt > 0))
ORDER BY id
LIMIT %(rows_max)s
