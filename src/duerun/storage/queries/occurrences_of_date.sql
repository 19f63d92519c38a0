SELECT state FROM occurrences
WHERE schedule_id = %(schedule_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND scheduled_on = %(on_date)s
ORDER BY attempt
FOR NO KEY UPDATE
