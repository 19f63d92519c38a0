SELECT id, account_id, livemode, hash, scope, scope_id, last_four, created_at FROM calendar_tokens
WHERE hash = %(hash)s AND revoked_at IS NULL
