-- The kind stands here, and not in a parameter, so that the index of transfers serves a plan that is kept.
SELECT * FROM schedules
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'transfer'
