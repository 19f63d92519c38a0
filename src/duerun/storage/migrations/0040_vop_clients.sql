-- Requesters of checks. Secrets and tokens are random, so that a plain hash of them is enough. NULL in `offering` and `profile` means that
-- the server's setting counts.
CREATE TABLE vop_clients (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id text NOT NULL UNIQUE CHECK (client_id ~ '^[A-Za-z0-9._-]{3,64}$'),
  livemode boolean NOT NULL,
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  scopes text[] NOT NULL,
  bics text[] NOT NULL,
  offering text CHECK (offering IN ('standard', 'plus')),
  profile text CHECK (profile IN ('strict', 'balanced', 'lenient')),
  match jsonb NOT NULL DEFAULT '{}',
  webhook_uri text,
  webhook_token_uri text,
  webhook_client_id text,
  readable_webhook_secret bytea,
  is_disabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL
);

CREATE TABLE vop_tokens (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  client_number bigint NOT NULL REFERENCES vop_clients (number) ON DELETE CASCADE,
  scopes text[] NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX vop_tokens_expired ON vop_tokens (expires_at);
