INSERT INTO gateway_walks AS w (gateway, since, lease_until, holder)
VALUES (%(gateway)s, coalesce((SELECT min(sent_at) FROM gateway_requests WHERE gateway = %(gateway)s), %(now)s),
  now() + %(lease_seconds)s * interval '1 second', 1)
ON CONFLICT (gateway) DO UPDATE SET lease_until = excluded.lease_until, holder = w.holder + 1
WHERE (w.lease_until IS NULL OR w.lease_until <= now()) AND (w.not_offered_until IS NULL OR w.not_offered_until <= now())
RETURNING w.since, w.cursor, w.begun_at, w.holder
