-- Ids are public ids: a prefix, the mode, then characters that grow with time. They compare as bytes, whatever the database's locale.
CREATE DOMAIN object_id AS text COLLATE "C";

CREATE TABLE accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id object_id NOT NULL UNIQUE,
  team_id object_id NOT NULL,
  email text NOT NULL,
  country text NOT NULL CHECK (country IN ('TH', 'JP', 'SG', 'MY')),
  currency text NOT NULL CHECK (currency IN ('THB', 'JPY', 'SGD', 'MYR')),
  timezone text NOT NULL,
  api_version text NOT NULL,
  charge_run_time time NOT NULL DEFAULT '08:30',
  transfer_run_time time NOT NULL DEFAULT '08:05',
  webhook_uri_test text,
  webhook_uri_live text,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL
);

-- A test clock is an offset to real time; it belongs to the test mode of one account and only grows.
CREATE TABLE test_clocks (
  account_id bigint PRIMARY KEY REFERENCES accounts (id),
  offset_microseconds bigint NOT NULL DEFAULT 0 CHECK (offset_microseconds >= 0),
  advancing_until timestamptz
);

CREATE TABLE keys (
  hash bytea PRIMARY KEY CHECK (length(hash) = 32),
  account_id bigint NOT NULL REFERENCES accounts (id),
  livemode boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('public', 'secret')),
  last_four text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz
);
CREATE INDEX keys_account ON keys (account_id, livemode, kind);

CREATE TABLE customers (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  email text,
  description text,
  metadata jsonb NOT NULL DEFAULT '{}',
  default_card_id object_id,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX customers_listed ON customers (account_id, livemode, created_at);

-- Never a full number, never a security code: what is kept are the first six and last four digits and the gateway's own reference.
CREATE TABLE cards (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  customer_id object_id REFERENCES customers (id),
  name text NOT NULL,
  brand text NOT NULL,
  bank text NOT NULL,
  country text NOT NULL,
  financing text NOT NULL,
  first_digits text,
  last_digits text NOT NULL CHECK (length(last_digits) <= 4),
  fingerprint text NOT NULL,
  expiration_month smallint NOT NULL CHECK (expiration_month BETWEEN 1 AND 12),
  expiration_year smallint NOT NULL,
  security_code_check boolean NOT NULL,
  gateway_reference text NOT NULL,
  street1 text,
  street2 text,
  city text,
  state text,
  postal_code text,
  phone_number text,
  attached_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX cards_of_customer ON cards (customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE tokens (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  card_id object_id NOT NULL REFERENCES cards (id),
  charge_status text NOT NULL DEFAULT 'unknown',
  used_at timestamptz,
  created_at timestamptz NOT NULL
);

CREATE TABLE recipients (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  name text NOT NULL,
  type text NOT NULL CHECK (type IN ('individual', 'corporation')),
  email text,
  description text,
  tax_id text,
  metadata jsonb NOT NULL DEFAULT '{}',
  bank_brand text,
  bank_code text,
  branch_code text,
  bank_account_type text,
  bank_account_number text NOT NULL,
  bank_account_name text NOT NULL,
  bank_account_created_at timestamptz NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  verified_at timestamptz,
  activated_at timestamptz,
  failure_code text,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX recipients_listed ON recipients (account_id, livemode, created_at);
CREATE UNIQUE INDEX recipients_default ON recipients (account_id, livemode) WHERE is_default;

CREATE TABLE schedules (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('charge', 'transfer')),
  terms_id object_id NOT NULL,
  every integer NOT NULL CHECK (every >= 1),
  period text NOT NULL CHECK (period IN ('day', 'week', 'month')),
  on_text text NOT NULL,
  start_on date NOT NULL,
  end_on date CHECK (end_on >= start_on),
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'expired', 'deleted')),
  paused_at timestamptz,
  ended_at timestamptz,
  customer_id object_id,
  card_id object_id,
  default_card boolean NOT NULL DEFAULT false,
  recipient_id object_id,
  amount_minor bigint CHECK (amount_minor > 0),
  percentage numeric CHECK (percentage > 0 AND percentage <= 100),
  currency text NOT NULL,
  description text,
  metadata jsonb NOT NULL DEFAULT '{}',
  capture boolean NOT NULL DEFAULT true,
  failed_dates integer NOT NULL DEFAULT 0,
  customer_key text,
  bulk_job_id object_id,
  terms_hash bigint,
  created_at timestamptz NOT NULL,
  CHECK ((state = 'active') = (ended_at IS NULL)),
  CHECK (kind = 'transfer' OR (customer_id IS NOT NULL AND amount_minor IS NOT NULL)),
  CHECK (kind = 'charge' OR recipient_id IS NOT NULL)
);
CREATE INDEX schedules_listed ON schedules (account_id, livemode, created_at);
CREATE INDEX schedules_of_customer ON schedules (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX schedules_of_recipient ON schedules (recipient_id) WHERE recipient_id IS NOT NULL;
CREATE INDEX schedules_terms ON schedules (terms_hash) WHERE state = 'active' AND terms_hash IS NOT NULL;
CREATE INDEX schedules_customer_key ON schedules (account_id, livemode, customer_key)
  WHERE state = 'active' AND customer_key IS NOT NULL;

-- One row for each attempt at a date. At most one attempt of a number exists for a date: the database holds that, not the code.
CREATE TABLE occurrences (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  schedule_id object_id NOT NULL,
  kind text NOT NULL CHECK (kind IN ('charge', 'transfer')),
  scheduled_on date NOT NULL,
  attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  retry_on date,
  due_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'due'
    CHECK (state IN ('due', 'held', 'sent', 'unknown', 'successful', 'failed', 'skipped', 'cancelled')),
  token bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  sends integer NOT NULL DEFAULT 0,
  sent_at timestamptz,
  released boolean NOT NULL DEFAULT false,
  amount_minor bigint,
  card_id object_id,
  message text,
  result_id object_id,
  processed_at timestamptz,
  created_at timestamptz NOT NULL,
  UNIQUE (schedule_id, scheduled_on, attempt),
  CHECK ((attempt > 0) = (retry_on IS NOT NULL)),
  CHECK ((state IN ('successful', 'failed', 'skipped')) = (processed_at IS NOT NULL)),
  CHECK (state NOT IN ('sent', 'unknown') OR (lease_until IS NOT NULL AND sent_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX occurrences_due ON occurrences (account_id, livemode, kind, due_at) WHERE state = 'due';
CREATE INDEX occurrences_retries ON occurrences (schedule_id, retry_on) WHERE retry_on IS NOT NULL;
CREATE INDEX occurrences_held ON occurrences (account_id, livemode, scheduled_on) WHERE state = 'held';
CREATE INDEX occurrences_leased ON occurrences (account_id, livemode, lease_until) WHERE state IN ('sent', 'unknown');

CREATE TABLE charges (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'successful', 'failed', 'expired', 'reversed')),
  capture boolean NOT NULL,
  authorization_type text,
  authorized_at timestamptz,
  paid_at timestamptz,
  expires_at timestamptz NOT NULL,
  expired_at timestamptz,
  reversed_at timestamptz,
  captured_minor bigint NOT NULL DEFAULT 0,
  refunded_minor bigint NOT NULL DEFAULT 0,
  fee_minor bigint NOT NULL DEFAULT 0,
  fee_vat_minor bigint NOT NULL DEFAULT 0,
  failure_code text,
  failure_message text,
  description text,
  metadata jsonb NOT NULL DEFAULT '{}',
  return_uri text,
  ip text,
  transaction_id object_id,
  customer_id object_id,
  card_id object_id NOT NULL,
  schedule_id object_id,
  occurrence_id object_id,
  gateway_state text NOT NULL DEFAULT 'settled' CHECK (gateway_state IN ('sent', 'unknown', 'settled')),
  token bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  sends integer NOT NULL DEFAULT 0,
  sent_at timestamptz,
  created_at timestamptz NOT NULL,
  CHECK (refunded_minor <= captured_minor AND captured_minor <= amount_minor)
);
CREATE INDEX charges_listed ON charges (account_id, livemode, created_at);
CREATE UNIQUE INDEX charges_of_occurrence ON charges (occurrence_id) WHERE occurrence_id IS NOT NULL;
CREATE INDEX charges_leased ON charges (account_id, livemode, lease_until) WHERE gateway_state <> 'settled';
CREATE INDEX charges_uncaptured ON charges (account_id, livemode, expires_at) WHERE status = 'pending' AND authorized_at IS NOT NULL;

CREATE TABLE refunds (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  charge_id object_id NOT NULL REFERENCES charges (id),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  voided boolean NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  transaction_id object_id NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX refunds_listed ON refunds (account_id, livemode, created_at);
CREATE INDEX refunds_of_charge ON refunds (charge_id);

CREATE TABLE transfers (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  recipient_id object_id NOT NULL REFERENCES recipients (id),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  fee_minor bigint NOT NULL,
  fee_vat_minor bigint NOT NULL,
  fail_fast boolean NOT NULL DEFAULT false,
  idemp_key text,
  metadata jsonb NOT NULL DEFAULT '{}',
  sent_at timestamptz,
  paid_at timestamptz,
  failed_at timestamptz,
  failure_code text,
  failure_message text,
  transaction_id object_id,
  schedule_id object_id,
  occurrence_id object_id,
  deleted_at timestamptz,
  gateway_state text NOT NULL DEFAULT 'none' CHECK (gateway_state IN ('none', 'sent', 'unknown', 'settled')),
  token bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  sends integer NOT NULL DEFAULT 0,
  gateway_sent_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX transfers_listed ON transfers (account_id, livemode, created_at);
CREATE UNIQUE INDEX transfers_of_occurrence ON transfers (occurrence_id) WHERE occurrence_id IS NOT NULL;
CREATE UNIQUE INDEX transfers_idemp_key ON transfers (account_id, livemode, idemp_key) WHERE idemp_key IS NOT NULL;
CREATE INDEX transfers_leased ON transfers (account_id, livemode, lease_until) WHERE gateway_state IN ('sent', 'unknown');

CREATE TABLE transactions (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  direction text NOT NULL CHECK (direction IN ('credit', 'debit')),
  key text NOT NULL,
  origin_id object_id NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  currency text NOT NULL,
  transferable_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX transactions_listed ON transactions (account_id, livemode, created_at);

-- The money of one account in one mode. What is held belongs to transfers that were instructed and have no outcome yet.
CREATE TABLE balances (
  account_id bigint NOT NULL REFERENCES accounts (id),
  livemode boolean NOT NULL,
  total_minor bigint NOT NULL DEFAULT 0,
  held_minor bigint NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (account_id, livemode)
);

-- Credits that are in the total but not yet transferable, added up by the moment at which they become so.
CREATE TABLE balance_maturities (
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  transferable_at timestamptz NOT NULL,
  amount_minor bigint NOT NULL,
  PRIMARY KEY (account_id, livemode, transferable_at)
);

-- `data` is null while it can be rendered from columns that never change; the first read writes it down.
CREATE TABLE events (
  id object_id PRIMARY KEY,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  key text NOT NULL,
  object_id object_id NOT NULL,
  data text,
  api_version text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX events_listed ON events (account_id, livemode, created_at);

CREATE TABLE bulk_jobs (
  id object_id PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('pending', 'processing', 'completed', 'failed')),
  name text NOT NULL,
  id_head text NOT NULL,
  header text NOT NULL,
  columns text[] NOT NULL,
  line_end text NOT NULL,
  api_version text NOT NULL,
  total_rows integer NOT NULL DEFAULT 0,
  processed_rows integer NOT NULL DEFAULT 0,
  failed_rows integer NOT NULL DEFAULT 0,
  failure text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  completed_at timestamptz,
  CHECK (processed_rows <= total_rows AND failed_rows <= processed_rows),
  CHECK ((state = 'completed') = (completed_at IS NOT NULL))
);
CREATE INDEX bulk_jobs_open ON bulk_jobs (number) WHERE state IN ('pending', 'processing');
CREATE INDEX bulk_jobs_completed ON bulk_jobs (completed_at) WHERE state = 'completed';

-- The staging rows of a job: what the report echoes, and what the importer creates. The ends of the ids (the time, then four random
-- parts) are drawn before the row is applied, so that a row needs no second write; a row without an entry in bulk_failures succeeded once the job has passed it.
CREATE TABLE bulk_rows (
  job_number bigint NOT NULL,
  row_number integer NOT NULL,
  echo text NOT NULL,
  id_tails text NOT NULL,
  customer_key text NOT NULL,
  customer_id text NOT NULL,
  card text NOT NULL,
  amount_minor bigint,
  currency text,
  description text,
  every integer,
  period text,
  on_text text,
  start_on date,
  end_on date,
  first_on date,
  due_at timestamptz,
  terms_hash bigint,
  error_rank smallint NOT NULL DEFAULT 0,
  error_code text,
  error_message text,
  PRIMARY KEY (job_number, row_number)
);

CREATE TABLE bulk_failures (
  job_number bigint NOT NULL,
  row_number integer NOT NULL,
  error_code text NOT NULL,
  error_message text NOT NULL,
  PRIMARY KEY (job_number, row_number)
);
