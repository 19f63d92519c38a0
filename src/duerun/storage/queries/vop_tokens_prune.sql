DELETE FROM vop_tokens WHERE token_hash IN (
  SELECT token_hash FROM vop_tokens WHERE expires_at < %(now)s ORDER BY expires_at LIMIT %(rows_max)s
)
