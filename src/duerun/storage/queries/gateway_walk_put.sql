UPDATE gateway_walks SET since = %(since)s, cursor = %(cursor)s, begun_at = %(begun_at)s,
  ended_at = coalesce(%(ended_at)s, ended_at), lease_until = CASE WHEN %(is_over)s THEN NULL ELSE lease_until END,
  not_offered_until = now() + %(pause_seconds)s::float8 * interval '1 second'
WHERE gateway = %(gateway)s AND holder = %(holder)s
