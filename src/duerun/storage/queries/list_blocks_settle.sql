-- Take over into their sums what moved in blocks that are locked.
WITH moved AS (
  SELECT since, until, objects - summed AS objects
  FROM list_blocks
  WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
    AND until = ANY (%(untils)s::timestamptz[])
), settled AS (
  UPDATE list_blocks SET summed = objects
  WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
    AND until IN (SELECT until FROM moved)
)
UPDATE list_block_sums AS s SET objects = s.objects + found.objects
FROM (
  SELECT sums.until, sum(moved.objects)::bigint AS objects
  FROM moved
  JOIN list_block_sums AS sums ON sums.list = %(list)s AND sums.account_id = %(account_id)s
    AND sums.livemode = %(livemode)s AND moved.since >= sums.since AND moved.since < sums.until
  GROUP BY sums.until
) AS found
WHERE s.list = %(list)s AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.until = found.until
