-- The counted block of a window that holds its nth object from either end, and how many lie before it.
SELECT since, until, before
FROM (
  SELECT since, until, objects,
    (sum(objects) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING) - objects)::bigint AS before
  FROM (
    SELECT since, until, objects,
      CASE WHEN %(newest_first)s THEN -extract(epoch FROM since) ELSE extract(epoch FROM since) END AS place
    FROM list_blocks
    WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
      AND since >= %(list_from)s AND until <= %(list_to)s
  ) AS blocks
) AS counted
WHERE before + objects > %(nth)s
LIMIT 1
