-- Lock those of these blocks that nobody changes at this moment. Who locks them waits for nobody.
SELECT until
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s
  AND until = ANY (%(untils)s::timestamptz[])
FOR UPDATE SKIP LOCKED
