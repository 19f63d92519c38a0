-- The blocks whose count moved since their sum took it over.
SELECT until
FROM list_blocks
WHERE list = %(list)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND objects <> summed
ORDER BY since
LIMIT %(blocks_max)s
