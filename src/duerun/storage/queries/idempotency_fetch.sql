SELECT fingerprint, status, body FROM idempotency_keys
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND digest = %(digest)s
