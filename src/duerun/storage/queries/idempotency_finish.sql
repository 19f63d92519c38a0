UPDATE idempotency_keys
SET status = %(status)s, body = %(body)s, lease_until = NULL, fingerprint = coalesce(fingerprint, %(fingerprint)s)
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND digest = %(digest)s AND holder = %(holder)s AND status IS NULL
