-- What an intent was to pay: should it turn out that it never arrived, it goes to no other bank account.
ALTER TABLE occurrences ADD COLUMN target_digest bytea;
ALTER TABLE transfers ADD COLUMN target_digest bytea;

-- A schedule that falls back to the default card of its customer, because its own was destroyed, was created with its own.
ALTER TABLE schedules ADD COLUMN card_released_at timestamptz;

-- Whoever advances a clock proves by this number that it is still the one who took it.
ALTER TABLE test_clocks ADD COLUMN holder bigint NOT NULL DEFAULT 0;

CREATE INDEX schedules_transfers_listed ON schedules (account_id, livemode, created_at) WHERE kind = 'transfer';
