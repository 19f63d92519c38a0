UPDATE test_clocks SET advancing_until = NULL WHERE account_id = %(account_id)s AND holder = %(holder)s
