-- When a delivery was delivered or given up, in real time: behind its retention it is dropped. One that a server of the version before ends
-- while both run is taken as ended by its first try; those that ended before this counts from now.
ALTER TABLE webhook_deliveries ADD COLUMN ended_at timestamptz;
UPDATE webhook_deliveries SET ended_at = now() WHERE state <> 'pending';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (coalesce(ended_at, first_at)) WHERE state <> 'pending';

-- What failed at least once and what was given up, for whoever looks for it.
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (account_id, livemode, created_at) WHERE error IS NOT NULL;
