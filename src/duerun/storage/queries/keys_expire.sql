UPDATE keys SET expires_at = %(expires_at)s
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = %(kind)s
  AND (expires_at IS NULL OR expires_at > %(expires_at)s)
