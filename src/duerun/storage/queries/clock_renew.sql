UPDATE test_clocks SET advancing_until = now() + %(lease_seconds)s * interval '1 second'
WHERE account_id = %(account_id)s AND holder = %(holder)s AND advancing_until IS NOT NULL
