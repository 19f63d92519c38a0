-- Where the blocks of a list end, counted or not, and whether some wait for their count.
SELECT max(until) AS until, coalesce(bool_or(NOT is_counted), false) AS is_waiting
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
