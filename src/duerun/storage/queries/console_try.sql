-- While a subject is locked the moment stays, so that the lock ends; behind it counting begins anew.
INSERT INTO console_tries AS t (subject, tries, last_at) VALUES (%(subject)s, 1, %(now)s)
ON CONFLICT (subject) DO UPDATE SET
  tries = CASE WHEN t.last_at <= %(since)s THEN 1 ELSE least(t.tries + 1, %(tries_max)s + 1) END,
  last_at = CASE WHEN t.last_at > %(since)s AND t.tries >= %(tries_max)s THEN t.last_at ELSE %(now)s END
RETURNING tries, last_at
