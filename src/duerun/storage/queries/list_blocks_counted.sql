-- What lies counted within a window: sums with what moved in their blocks since, and the blocks before and behind them. Each span is bounded by its
-- beginning and by its end, so that either index finds it.
WITH sums AS MATERIALIZED (
  SELECT since, until, objects
  FROM list_block_sums
  WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
    AND since >= %(list_from)s AND until > %(list_from)s AND until <= %(list_to)s
), edges AS MATERIALIZED (
  SELECT coalesce(min(since), %(list_to)s) AS since, coalesce(max(until), %(list_to)s) AS until FROM sums
), moved AS MATERIALIZED (
  SELECT since, objects - summed AS objects
  FROM list_blocks
  WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND objects <> summed
    AND since >= (SELECT since FROM edges) AND since < (SELECT until FROM edges)
)
SELECT since, until, objects + coalesce(
  (SELECT sum(moved.objects) FROM moved WHERE moved.since >= sums.since AND moved.since < sums.until), 0
)::bigint AS objects
FROM sums
UNION ALL
SELECT since, until, objects
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
  AND since >= %(list_from)s AND since < (SELECT since FROM edges)
  AND until > %(list_from)s AND until <= (SELECT since FROM edges)
UNION ALL
SELECT since, until, objects
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
  AND since >= (SELECT until FROM edges) AND since < %(list_to)s
  AND until > (SELECT until FROM edges) AND until <= %(list_to)s
