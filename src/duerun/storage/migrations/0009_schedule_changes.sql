-- What was decided for one date ahead of a schedule: left out, moved, or at another amount.
CREATE TABLE schedule_dates (
  schedule_id object_id NOT NULL REFERENCES schedules (id),
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  on_date date NOT NULL,
  skipped boolean NOT NULL DEFAULT false,
  moved_to date,
  moved_due_at timestamptz,
  amount_minor bigint CHECK (amount_minor > 0),
  PRIMARY KEY (schedule_id, on_date),
  CHECK ((moved_to IS NULL) = (moved_due_at IS NULL)),
  CHECK (skipped OR moved_to IS NOT NULL OR amount_minor IS NOT NULL)
);

-- The event of a bulk-created schedule is written down before the first change of the schedule.
CREATE INDEX events_undrawn ON events (object_id) WHERE data IS NULL;
