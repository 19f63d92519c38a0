-- A job may be tried first, wait for a second person, stand still, or be given up.
ALTER TABLE bulk_jobs DROP CONSTRAINT bulk_jobs_state_check;
ALTER TABLE bulk_jobs ADD CONSTRAINT bulk_jobs_state_check
  CHECK (state IN ('awaiting_approval', 'pending', 'processing', 'paused', 'completed', 'cancelled', 'failed'));
ALTER TABLE bulk_jobs DROP CONSTRAINT bulk_jobs_check1;
ALTER TABLE bulk_jobs ADD CONSTRAINT bulk_jobs_ended_check CHECK ((state IN ('completed', 'cancelled')) = (completed_at IS NOT NULL));
ALTER TABLE bulk_jobs ADD COLUMN content_digest bytea CHECK (length(content_digest) = 32);
ALTER TABLE bulk_jobs ADD COLUMN dry_run boolean NOT NULL DEFAULT false;
ALTER TABLE bulk_jobs ADD COLUMN committed_at timestamptz;
ALTER TABLE bulk_jobs ADD COLUMN totals jsonb;
ALTER TABLE bulk_jobs ADD COLUMN amount_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE bulk_jobs ADD COLUMN uploaded_by text NOT NULL DEFAULT '';
ALTER TABLE bulk_jobs ADD COLUMN approved_by text;
DROP INDEX bulk_jobs_completed;
CREATE INDEX bulk_jobs_ended ON bulk_jobs (completed_at) WHERE state IN ('completed', 'cancelled');
CREATE INDEX bulk_jobs_same_file ON bulk_jobs (account_id, livemode, content_digest) WHERE content_digest IS NOT NULL;

-- All mistakes of a row beside its first one, as pairs of code and message.
ALTER TABLE bulk_rows ADD COLUMN other_errors jsonb;
ALTER TABLE bulk_failures ADD COLUMN other_errors jsonb;

-- The rows that a dry run found sound, with the card that each would use: a commit applies these and no others.
CREATE TABLE bulk_checked (
  job_number bigint NOT NULL,
  row_number integer NOT NULL,
  card_id text,
  PRIMARY KEY (job_number, row_number)
);

-- Who holds a key, where that matters: nobody approves what he uploaded himself.
ALTER TABLE keys ADD COLUMN user_name text NOT NULL DEFAULT '' CHECK (length(user_name) <= 255);
