-- One row for each Idempotency-Key of a call: `digest` stands for method, path and key, `fingerprint` for what was asked.
-- `object_id` is written in the transaction that takes effect, so that a request that died is answered with what it did.
CREATE TABLE idempotency_keys (
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  fingerprint bytea CHECK (length(fingerprint) = 32),
  holder bigint NOT NULL DEFAULT 1,
  lease_until timestamptz,
  object_id object_id,
  status integer,
  body bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, livemode, digest),
  CHECK ((status IS NULL) = (body IS NULL)),
  CHECK ((status IS NULL) = (lease_until IS NOT NULL))
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
