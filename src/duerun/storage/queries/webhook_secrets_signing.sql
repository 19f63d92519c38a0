SELECT readable_secret
FROM webhook_secrets
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND (expires_at IS NULL OR expires_at > %(now)s)
ORDER BY created_at DESC, id DESC
LIMIT %(secrets_max)s
