-- The rows of a file of checks that a person has sent, sealed: what he gave stands beside what was answered. They go with their task.
CREATE TABLE vop_kept_rows (
  task_number bigint NOT NULL REFERENCES vop_tasks (number) ON DELETE CASCADE,
  part integer NOT NULL,
  row_count integer NOT NULL,
  fault_count integer NOT NULL,
  rows bytea NOT NULL,
  PRIMARY KEY (task_number, part)
);
CREATE INDEX vop_tasks_of_client ON vop_tasks (client_number, number);
CREATE INDEX bulk_jobs_listed ON bulk_jobs (account_id, livemode, number);
