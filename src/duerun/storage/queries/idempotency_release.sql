-- What took effect stays known: the next request with this key answers it.
WITH kept AS (
  UPDATE idempotency_keys SET lease_until = now()
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND digest = %(digest)s AND holder = %(holder)s
    AND status IS NULL AND object_id IS NOT NULL
)
DELETE FROM idempotency_keys
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND digest = %(digest)s AND holder = %(holder)s
  AND status IS NULL AND object_id IS NULL
