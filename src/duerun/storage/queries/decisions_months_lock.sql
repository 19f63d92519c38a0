-- Whoever waits for a lock on a table holds up all that come behind.
SELECT set_config('lock_timeout', '200ms', true), pg_try_advisory_xact_lock(%(lock)s) AS is_ours
