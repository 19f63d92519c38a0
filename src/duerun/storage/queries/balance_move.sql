UPDATE balances SET total_minor = total_minor + %(amount_minor)s
WHERE account_id = %(account_id)s AND livemode = %(livemode)s
