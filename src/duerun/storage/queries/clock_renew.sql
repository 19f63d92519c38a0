UPDATE test_clocks SET advancing_until = now() + %(lease_seconds)s * interval '1 second'
WHERE account_id = %(account_id)s
