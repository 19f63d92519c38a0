WITH old AS MATERIALIZED (
  SELECT event_id FROM webhook_deliveries
  WHERE state <> 'pending' AND coalesce(ended_at, first_at) < %(before)s
  ORDER BY coalesce(ended_at, first_at)
  LIMIT %(rows_max)s
  FOR UPDATE SKIP LOCKED
)
DELETE FROM webhook_deliveries d USING old WHERE d.event_id = old.event_id
