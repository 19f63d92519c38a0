UPDATE balances SET held_minor = held_minor + %(amount_minor)s
WHERE account_id = %(account_id)s AND livemode = %(livemode)s
