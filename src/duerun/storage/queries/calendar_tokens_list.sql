SELECT id, livemode, scope, scope_id, last_four, created_at FROM calendar_tokens
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND revoked_at IS NULL
