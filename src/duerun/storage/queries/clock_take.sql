INSERT INTO test_clocks AS c (account_id, advancing_until)
VALUES (%(account_id)s, now() + %(lease_seconds)s * interval '1 second')
ON CONFLICT (account_id) DO UPDATE SET advancing_until = excluded.advancing_until
WHERE c.advancing_until IS NULL OR c.advancing_until <= now()
RETURNING offset_microseconds
