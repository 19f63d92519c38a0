-- Where the blocks of a list end, counted or not, and whether some wait for their count.
SELECT
  (
    SELECT max(until) FROM list_blocks
    WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
  ) AS until,
  EXISTS (
    SELECT FROM list_blocks
    WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND NOT is_counted
  ) AS is_waiting
