-- One row an event that somebody wants to hear of, written in the event's transaction. `next_at` and `first_at` are real time, whatever
-- the account's clock says; a claim counts the attempt and moves `next_at` to the end of its lease.
CREATE TABLE webhook_deliveries (
  event_id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  object_id object_id NOT NULL,
  uri text NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'given_up')),
  attempt integer NOT NULL DEFAULT 0,
  next_at timestamptz DEFAULT now(),
  first_at timestamptz,
  tried_at timestamptz,
  status integer,
  error text,
  created_at timestamptz NOT NULL,
  CHECK ((state = 'pending') = (next_at IS NOT NULL)),
  CHECK ((attempt > 0) = (first_at IS NOT NULL AND tried_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (account_id, livemode, next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_object ON webhook_deliveries (object_id, created_at, event_id) WHERE state = 'pending';

-- A signing secret has to be read to be used, so it stands here as it is: no statement but the one that signs selects it.
CREATE TABLE webhook_secrets (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts (id),
  livemode boolean NOT NULL,
  readable_secret text NOT NULL,
  last_digits text NOT NULL CHECK (length(last_digits) = 4),
  expires_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX webhook_secrets_listed ON webhook_secrets (account_id, livemode, created_at, id);
