-- The counted blocks behind the last sum of a list, the oldest first.
SELECT since, until
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
  AND since >= coalesce(
    (
      SELECT max(until) FROM list_block_sums
      WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
    ),
    '-infinity'
  )
ORDER BY since
LIMIT %(blocks)s
