UPDATE test_clocks SET advancing_until = NULL WHERE advancing_until IS NOT NULL
