-- Where the blocks of a list end, counted or not, whether some wait for their count, whether counts moved since their sum took them over, and
-- whether there are enough behind the last sum for another one.
WITH summed AS MATERIALIZED (
  SELECT coalesce(max(until), '-infinity') AS until FROM list_block_sums
  WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
)
SELECT
  (
    SELECT max(until) FROM list_blocks
    WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
  ) AS until,
  EXISTS (
    SELECT FROM list_blocks
    WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND NOT is_counted
  ) AS is_waiting,
  EXISTS (
    SELECT FROM list_blocks
    WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND objects <> summed
  ) AS has_moved,
  EXISTS (
    SELECT FROM list_blocks
    WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
      AND since >= (SELECT until FROM summed) AND until > (SELECT until FROM summed)
    ORDER BY since
    OFFSET %(blocks)s - 1
    LIMIT 1
  ) AS is_summable
