-- What is planned and was not begun; nothing refers to it, and nobody has seen it.
DELETE FROM occurrences
WHERE schedule_id = %(schedule_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'due' AND attempt = 0
  AND NOT released
RETURNING scheduled_on
