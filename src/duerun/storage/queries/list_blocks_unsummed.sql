-- The counted blocks behind the last sum of a list, the oldest first, up to one that is not counted.
WITH summed AS MATERIALIZED (
  SELECT coalesce(max(until), '-infinity') AS until FROM list_block_sums
  WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
)
SELECT since, until
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
  AND since >= (SELECT until FROM summed) AND until > (SELECT until FROM summed)
  AND since < coalesce(
    (
      SELECT min(until) FROM list_blocks
      WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND NOT is_counted
    ),
    'infinity'
  )
ORDER BY since
LIMIT %(blocks)s
