-- As schedules_recent.
CREATE INDEX charges_recent ON charges (account_id, livemode, created_at, id);
CREATE INDEX transfers_recent ON transfers (account_id, livemode, created_at, id);
CREATE INDEX customers_recent ON customers (account_id, livemode, created_at, id);
CREATE INDEX recipients_recent ON recipients (account_id, livemode, created_at, id);
CREATE INDEX occurrences_retried ON occurrences (account_id, livemode) WHERE state = 'due' AND attempt > 0;
