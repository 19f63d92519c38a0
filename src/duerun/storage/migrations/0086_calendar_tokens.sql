-- Who may read a calendar without a key: of a token only its hash is kept, and what it shows.
CREATE TABLE calendar_tokens (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts (id),
  livemode boolean NOT NULL,
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  last_four text NOT NULL CHECK (length(last_four) = 4),
  scope text NOT NULL CHECK (scope IN ('account', 'customer', 'recipient', 'schedule')),
  scope_id object_id,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL,
  CHECK ((scope = 'account') = (scope_id IS NULL))
);
CREATE INDEX calendar_tokens_listed ON calendar_tokens (account_id, livemode, created_at);

-- How often the dates of a schedule were changed: a calendar that was read before takes the newer entry.
ALTER TABLE schedules ADD COLUMN revision integer NOT NULL DEFAULT 0;
