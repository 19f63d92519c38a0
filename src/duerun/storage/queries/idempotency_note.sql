UPDATE idempotency_keys SET object_id = %(object_id)s, fingerprint = coalesce(fingerprint, %(fingerprint)s)
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND digest = %(digest)s AND holder = %(holder)s AND status IS NULL
