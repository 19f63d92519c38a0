-- Make a sum of blocks that are locked.
WITH taken AS (
  UPDATE list_blocks SET summed = objects
  WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
    AND until = ANY (%(untils)s::timestamptz[])
  RETURNING since, until, objects
)
INSERT INTO list_block_sums (list, account_id, livemode, since, until, objects)
SELECT %(list)s, %(account_id)s, %(livemode)s, min(since), max(until), sum(objects) FROM taken
