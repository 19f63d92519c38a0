DELETE FROM webhook_secrets
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
