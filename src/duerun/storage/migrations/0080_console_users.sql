-- People who use the console. A password is kept as argon2id; the seed of one-time codes is sealed with the operator's key.
CREATE TABLE console_users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  password_hash text,
  code_seed bytea,
  codes_since timestamptz,
  code_step bigint NOT NULL DEFAULT 0,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL,
  CHECK (codes_since IS NULL OR code_seed IS NOT NULL)
);

CREATE TABLE console_roles (
  user_id bigint NOT NULL REFERENCES console_users (id),
  account_id bigint NOT NULL REFERENCES accounts (id),
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin')),
  PRIMARY KEY (user_id, account_id)
);

-- A session is found by the SHA-256 of its cookie, which is kept nowhere.
CREATE TABLE console_sessions (
  hash bytea PRIMARY KEY CHECK (length(hash) = 32),
  user_id bigint NOT NULL REFERENCES console_users (id),
  account_id bigint NOT NULL REFERENCES accounts (id),
  livemode boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX console_sessions_of_user ON console_sessions (user_id);
CREATE INDEX console_sessions_ended ON console_sessions (expires_at);

-- Tries to sign in, counted before they are checked: by name, known or not, and by address.
CREATE TABLE console_tries (
  subject text PRIMARY KEY,
  tries integer NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE INDEX console_tries_old ON console_tries (last_at);
