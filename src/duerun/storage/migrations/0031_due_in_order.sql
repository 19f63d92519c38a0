-- What is due at one moment is taken up in the order in which it was planned, so that the batches of an account hold the same rows in every run.
CREATE INDEX occurrences_due_in_order ON occurrences (account_id, livemode, kind, due_at, created_at) WHERE state = 'due';
DROP INDEX occurrences_due;
