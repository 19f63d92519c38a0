DELETE FROM console_tries WHERE subject IN (
  SELECT subject FROM console_tries WHERE last_at <= %(since)s LIMIT %(rows_max)s)
