-- Processors that single accounts are attached to. The address of a row never changes: what was sent to it is asked about there.
CREATE TABLE gateways (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts (id),
  livemode boolean NOT NULL,
  url text NOT NULL,
  token bytea NOT NULL,
  terms jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz
);
CREATE UNIQUE INDEX gateways_current ON gateways (account_id, livemode) WHERE retired_at IS NULL;

-- What was asked of a processor, written with the intent: a second send under the key is this request. Number 0 is the server's own.
CREATE TABLE gateway_requests (
  payment_id object_id PRIMARY KEY,
  gateway bigint NOT NULL,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('charge', 'transfer')),
  key text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  request_hash bytea NOT NULL,
  description text,
  metadata text NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT now(),
  effect_id text
);
CREATE UNIQUE INDEX gateway_requests_key ON gateway_requests (key);
CREATE INDEX gateway_requests_reference ON gateway_requests (reference);
CREATE INDEX gateway_requests_unseen ON gateway_requests (gateway, sent_at) WHERE effect_id IS NULL;
