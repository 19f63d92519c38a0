SELECT id, livemode, last_digits, created_at, expires_at
FROM webhook_secrets
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND (expires_at IS NULL OR expires_at > %(now)s)
