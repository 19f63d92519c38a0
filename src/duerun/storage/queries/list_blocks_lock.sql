SELECT until
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND NOT is_counted
  AND horizon <= pg_snapshot_xmin(pg_current_snapshot())
ORDER BY until
LIMIT %(blocks_max)s
FOR UPDATE
