-- How far the list of a gateway's effects was read; one process reads at a time. Number 0 is the server's own gateway.
CREATE TABLE gateway_walks (
  gateway bigint PRIMARY KEY,
  since timestamptz NOT NULL,
  cursor text,
  begun_at timestamptz,
  ended_at timestamptz,
  not_offered_until timestamptz,
  lease_until timestamptz,
  holder bigint NOT NULL DEFAULT 0
);

-- Where a gateway's ledger and ours differ. A row stays; a person acknowledges it, or the difference goes by itself.
CREATE TABLE gateway_findings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  gateway bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('duplicate', 'unknown', 'wrong_amount', 'not_paid_here', 'missing')),
  key text COLLATE "C" NOT NULL,
  effect_id text NOT NULL,
  reference text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  account_id bigint,
  livemode boolean,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  acknowledged_at timestamptz,
  note text,
  UNIQUE (gateway, kind, key, effect_id)
);
CREATE INDEX gateway_findings_open ON gateway_findings (id) WHERE resolved_at IS NULL AND acknowledged_at IS NULL;
