-- Lists go by moment and then by id. What one batch made has one moment: without the id a page of it meant sorting all of the batch.
CREATE INDEX schedules_recent ON schedules (account_id, livemode, created_at, id);

-- Few among many, which a console looks for.
CREATE INDEX schedules_ended ON schedules (account_id, livemode, state, created_at, id) WHERE state <> 'active';
CREATE INDEX schedules_paused ON schedules (account_id, livemode, created_at, id) WHERE state = 'active' AND paused_at IS NOT NULL;
