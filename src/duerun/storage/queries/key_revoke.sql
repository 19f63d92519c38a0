UPDATE keys SET expires_at = %(now)s
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND left(encode(hash, 'hex'), 16) = %(reference)s
  AND (expires_at IS NULL OR expires_at > %(now)s)
RETURNING kind, last_four
