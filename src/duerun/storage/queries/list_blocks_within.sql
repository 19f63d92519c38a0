-- The counted blocks that lie within a span, such as that of a sum.
SELECT since, until, objects
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND is_counted
  AND since >= %(since)s AND since < %(until)s AND until > %(since)s AND until <= %(until)s
