-- A key whose request died is taken over under a new number; a finished or running one stays as it is and answers no row.
INSERT INTO idempotency_keys AS k (account_id, livemode, digest, fingerprint, lease_until)
VALUES (%(account_id)s, %(livemode)s, %(digest)s, %(fingerprint)s, now() + %(lease_seconds)s * interval '1 second')
ON CONFLICT (account_id, livemode, digest) DO UPDATE SET holder = k.holder + 1, lease_until = excluded.lease_until,
  fingerprint = coalesce(k.fingerprint, excluded.fingerprint)
WHERE k.status IS NULL AND k.lease_until <= now()
  AND (k.fingerprint IS NULL OR excluded.fingerprint IS NULL OR k.fingerprint = excluded.fingerprint)
RETURNING holder, object_id
