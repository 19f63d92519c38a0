-- The kind stands here, and not in a parameter, so that few of one kind are not looked for among all of the other.
SELECT * FROM schedules
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'transfer'
