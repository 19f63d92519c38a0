-- The sandbox gateway's own books, apart from Duerun's tables: what really happened, under its idempotency key.
CREATE SCHEMA sandbox;

CREATE TABLE sandbox.ledger (
  key text COLLATE "C" PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('charge', 'transfer')),
  account text NOT NULL,
  livemode boolean NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  target text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('succeeded', 'refused')),
  code text,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
