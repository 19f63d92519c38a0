SELECT pg_advisory_xact_lock(hashtextextended('duerun bulk ' || %(account_id)s || %(livemode)s, 0))
