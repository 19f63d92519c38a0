-- The schedules whose next dates come first: no other has one of the dates that come first.
SELECT schedule_id AS id FROM (
  (SELECT schedule_id, due_at, created_at FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'charge' AND state = 'due'
  ORDER BY due_at, created_at LIMIT %(rows_max)s)
  UNION ALL
  (SELECT schedule_id, due_at, created_at FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'transfer' AND state = 'due'
  ORDER BY due_at, created_at LIMIT %(rows_max)s)
) AS next
ORDER BY due_at, created_at
LIMIT %(rows_max)s
