-- A file of checks and its parts. A part keeps its lines until they are checked and its results from then on; the token of a claim fences
-- off whoever held it before.
CREATE TABLE vop_tasks (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id uuid NOT NULL UNIQUE,
  client_number bigint NOT NULL REFERENCES vop_clients (number),
  status text NOT NULL CHECK (status IN ('RECEIVING', 'NOT_STARTED', 'IN_PROGRESS', 'PROCESSED', 'FAILED', 'TIMED_OUT')),
  detail text,
  end_user text,
  language text,
  records integer NOT NULL DEFAULT 0,
  chunks integer NOT NULL DEFAULT 0,
  chunks_done integer NOT NULL DEFAULT 0,
  matched integer NOT NULL DEFAULT 0,
  close integer NOT NULL DEFAULT 0,
  unmatched integer NOT NULL DEFAULT 0,
  not_applicable integer NOT NULL DEFAULT 0,
  faulty integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  deadline_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK ((status IN ('PROCESSED', 'FAILED', 'TIMED_OUT')) = (ended_at IS NOT NULL)),
  CHECK ((status IN ('FAILED', 'TIMED_OUT')) = (detail IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX vop_tasks_open ON vop_tasks (client_number) WHERE status IN ('RECEIVING', 'NOT_STARTED', 'IN_PROGRESS');
CREATE INDEX vop_tasks_deadline ON vop_tasks (deadline_at) WHERE status IN ('RECEIVING', 'NOT_STARTED', 'IN_PROGRESS');
CREATE INDEX vop_tasks_ended ON vop_tasks (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE vop_chunks (
  task_number bigint NOT NULL REFERENCES vop_tasks (number) ON DELETE CASCADE,
  chunk_number integer NOT NULL,
  state text NOT NULL CHECK (state IN ('received', 'open', 'done')),
  first_line integer NOT NULL,
  records integer NOT NULL,
  repeated_lines integer[] NOT NULL,
  lines bytea NOT NULL,
  results bytea,
  token integer NOT NULL DEFAULT 0,
  holder text,
  lease_until timestamptz,
  PRIMARY KEY (task_number, chunk_number),
  CHECK ((state = 'done') = (results IS NOT NULL))
);
CREATE INDEX vop_chunks_open ON vop_chunks (chunk_number, task_number) WHERE state = 'open';

CREATE TABLE vop_task_keys (
  client_number bigint NOT NULL REFERENCES vop_clients (number),
  key_hash bytea NOT NULL,
  digest bytea NOT NULL,
  task_number bigint NOT NULL REFERENCES vop_tasks (number) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (client_number, key_hash)
);
CREATE INDEX vop_task_keys_of_task ON vop_task_keys (task_number);

-- What a client's own endpoint is told when a task has ended. A try counts the attempt and moves `next_at` to the end of its lease.
CREATE TABLE vop_notices (
  task_number bigint PRIMARY KEY REFERENCES vop_tasks (number) ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'given_up')),
  attempt integer NOT NULL DEFAULT 0,
  first_at timestamptz NOT NULL,
  next_at timestamptz,
  status integer,
  error text,
  CHECK ((state = 'pending') = (next_at IS NOT NULL))
);
CREATE INDEX vop_notices_due ON vop_notices (next_at) WHERE state = 'pending';
