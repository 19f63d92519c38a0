SELECT i.frozen_at, coalesce(i.reason, sending_hold()) AS reason, i.mark, i.turn, i.asked_since,
  extract(epoch FROM now() - i.asked_since)::float8 AS asked_seconds_ago
FROM installation i
