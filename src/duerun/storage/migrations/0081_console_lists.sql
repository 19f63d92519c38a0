-- Lists go by moment and then by id. What one batch made has one moment: without the id a page of it meant sorting all of the batch.
DROP INDEX schedules_listed;
CREATE INDEX schedules_listed ON schedules (account_id, livemode, created_at, id);
DROP INDEX charges_listed;
CREATE INDEX charges_listed ON charges (account_id, livemode, created_at, id);
DROP INDEX transfers_listed;
CREATE INDEX transfers_listed ON transfers (account_id, livemode, created_at, id);
DROP INDEX customers_listed;
CREATE INDEX customers_listed ON customers (account_id, livemode, created_at, id);
DROP INDEX recipients_listed;
CREATE INDEX recipients_listed ON recipients (account_id, livemode, created_at, id);

-- Few among many, which a console looks for.
CREATE INDEX schedules_ended ON schedules (account_id, livemode, state, created_at, id) WHERE state <> 'active';
CREATE INDEX schedules_paused ON schedules (account_id, livemode, created_at, id) WHERE state = 'active' AND paused_at IS NOT NULL;
CREATE INDEX occurrences_retried ON occurrences (account_id, livemode) WHERE state = 'due' AND attempt > 0;
