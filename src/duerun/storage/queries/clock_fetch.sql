SELECT offset_microseconds, advancing_until FROM test_clocks WHERE account_id = %(account_id)s
