UPDATE calendar_tokens SET revoked_at = %(now)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND revoked_at IS NULL
RETURNING id, livemode, scope, scope_id, last_four, created_at
