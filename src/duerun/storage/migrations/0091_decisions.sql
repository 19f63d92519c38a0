-- What was decided about an occurrence, in the order in which it was: nobody can change an occurrence without a line here,
-- whatever process, version or hand does it. A first attempt that is planned and waits has no line: its row tells all of it.
CREATE TABLE occurrence_decisions (
  number bigint GENERATED ALWAYS AS IDENTITY,
  occurrence_id object_id NOT NULL,
  account_id bigint NOT NULL,
  livemode boolean NOT NULL,
  state_before text,
  state text NOT NULL
    CHECK (state IN ('due', 'held', 'sent', 'unknown', 'successful', 'failed', 'skipped', 'cancelled')),
  token bigint NOT NULL,
  sends integer NOT NULL,
  due_before timestamptz,
  due_at timestamptz NOT NULL,
  retry_on date,
  released boolean NOT NULL,
  amount_minor bigint,
  card_id object_id,
  message text,
  result_id object_id,
  processed_at timestamptz,
  rule text,
  actor text,
  account_clock timestamptz,
  decided_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX occurrence_decisions_in_order ON occurrence_decisions (occurrence_id, number);

-- Why something was planned that is not simply the next date of its rule.
ALTER TABLE occurrences ADD COLUMN rule text;

-- Leases come and go, and each question raises the token: only what changes the course of an occurrence is a decision.
CREATE FUNCTION log_occurrence_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO occurrence_decisions (occurrence_id, account_id, livemode, state_before, state, token, sends, due_before, due_at,
    retry_on, released, amount_minor, card_id, message, result_id, processed_at, actor, account_clock)
  SELECT n.id, n.account_id, n.livemode, o.state, n.state, n.token, n.sends, o.due_at, n.due_at, n.retry_on, n.released,
    n.amount_minor, n.card_id, n.message, n.result_id, n.processed_at, nullif(current_setting('duerun.actor', true), ''),
    nullif(current_setting('duerun.account_clock', true), '')::timestamptz
  FROM changed n JOIN former o ON o.id = n.id
  WHERE (n.state, n.sends, n.due_at, n.retry_on, n.released, n.amount_minor, n.card_id, n.message, n.result_id)
    IS DISTINCT FROM (o.state, o.sends, o.due_at, o.retry_on, o.released, o.amount_minor, o.card_id, o.message, o.result_id);
  RETURN NULL;
END $$;
CREATE TRIGGER occurrences_decided AFTER UPDATE ON occurrences
  REFERENCING OLD TABLE AS former NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION log_occurrence_decisions();

CREATE FUNCTION log_occurrence_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO occurrence_decisions (occurrence_id, account_id, livemode, state, token, sends, due_at, retry_on, released,
    amount_minor, card_id, message, result_id, processed_at, rule, actor, account_clock)
  VALUES (NEW.id, NEW.account_id, NEW.livemode, NEW.state, NEW.token, NEW.sends, NEW.due_at, NEW.retry_on, NEW.released,
    NEW.amount_minor, NEW.card_id, NEW.message, NEW.result_id, NEW.processed_at, NEW.rule,
    nullif(current_setting('duerun.actor', true), ''), nullif(current_setting('duerun.account_clock', true), '')::timestamptz);
  RETURN NULL;
END $$;
CREATE TRIGGER occurrences_planned AFTER INSERT ON occurrences
  FOR EACH ROW WHEN (NEW.attempt > 0 OR NEW.state <> 'due')
  EXECUTE FUNCTION log_occurrence_plan();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'lines of % are only ever added', TG_TABLE_NAME;
END $$;
CREATE TRIGGER occurrence_decisions_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON occurrence_decisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
