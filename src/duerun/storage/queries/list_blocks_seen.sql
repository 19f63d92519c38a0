-- From here on, whoever begins to write sees these blocks: the count waits for all who began before.
UPDATE list_blocks SET horizon = pg_snapshot_xmax(pg_current_snapshot())
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND NOT is_counted
  AND horizon IS NULL
