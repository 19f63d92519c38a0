-- What people change beside the money path: settings, keys, users, approvals, things settled by hand. Each line holds a hash over
-- its own content and the hash of the line before it, so that a line that is changed, removed, added or moved is found.
CREATE TABLE audit_entries (
  number bigint PRIMARY KEY CHECK (number > 0),
  account_id bigint,
  livemode boolean,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  details text NOT NULL,
  happened_at timestamptz NOT NULL,
  previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
  hash bytea NOT NULL CHECK (length(hash) = 32)
);
CREATE INDEX audit_entries_of_account ON audit_entries (account_id, number);

-- Where the log ends: it tells that lines are missing there, and whoever adds one holds this row until the commit.
CREATE TABLE audit_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  number bigint NOT NULL CHECK (number >= 0),
  hash bytea NOT NULL CHECK (length(hash) = 32)
);
INSERT INTO audit_head (number, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TRIGGER audit_entries_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_stands BEFORE DELETE OR TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
