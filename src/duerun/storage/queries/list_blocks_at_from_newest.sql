-- The counted block of a window that holds its nth object from the newest on, and how many are newer than all of it.
SELECT since, until, before
FROM (
  SELECT since, until, objects,
    (sum(objects) OVER (ORDER BY since DESC ROWS UNBOUNDED PRECEDING) - objects)::bigint AS before
  FROM list_blocks
  WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
    AND since >= %(list_from)s AND until <= %(list_to)s
) AS counted
WHERE before + objects > %(nth)s
LIMIT 1
