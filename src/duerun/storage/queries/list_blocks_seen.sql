-- From here on, whoever begins to write sees these blocks: the count waits for all who began before. What a restored database brought along was
-- marked by a server that had come further.
UPDATE list_blocks SET horizon = pg_snapshot_xmax(pg_current_snapshot())
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND NOT is_counted
  AND (horizon IS NULL OR horizon > pg_snapshot_xmax(pg_current_snapshot()))
