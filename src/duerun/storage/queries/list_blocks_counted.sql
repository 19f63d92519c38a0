-- The counted blocks that lie within a window.
SELECT since, until, objects
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
  AND since >= %(list_from)s AND until <= %(list_to)s
