SELECT coalesce(i.reason, sending_hold()) AS reason, i.frozen_at, i.mark, i.turn,
  extract(epoch FROM now() - i.asked_since)::float8 AS asked_seconds_ago,
  EXISTS (SELECT FROM gateways WHERE retired_at IS NULL) AS has_attached
FROM installation i
