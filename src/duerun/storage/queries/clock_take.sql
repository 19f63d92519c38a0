INSERT INTO test_clocks AS c (account_id, advancing_until, holder)
VALUES (%(account_id)s, now() + %(lease_seconds)s * interval '1 second', 1)
ON CONFLICT (account_id) DO UPDATE SET advancing_until = excluded.advancing_until, holder = c.holder + 1
WHERE c.advancing_until IS NULL OR c.advancing_until <= now()
RETURNING offset_microseconds, holder
