DELETE FROM console_sessions WHERE hash IN (
  SELECT hash FROM console_sessions WHERE expires_at <= %(now)s LIMIT %(rows_max)s)
