-- A month of the log that has had its time is dropped as a whole: nothing is deleted row by row, and nothing is left to vacuum.
-- The lock comes first: whoever wrote a line behind the look at the last number would have it given out twice.
LOCK TABLE occurrence_decisions IN ACCESS EXCLUSIVE MODE;
CREATE SEQUENCE occurrence_decisions_numbers;
DO $$ BEGIN
  EXECUTE format('SELECT setval(''occurrence_decisions_numbers'', last_value, is_called) FROM %s',
    pg_get_serial_sequence('occurrence_decisions', 'number'));
END $$;
ALTER TABLE occurrence_decisions ALTER COLUMN number DROP IDENTITY;
ALTER TABLE occurrence_decisions RENAME TO occurrence_decisions_first;
ALTER INDEX occurrence_decisions_in_order RENAME TO occurrence_decisions_first_in_order;

CREATE TABLE occurrence_decisions (LIKE occurrence_decisions_first INCLUDING DEFAULTS) PARTITION BY RANGE (decided_at);
ALTER TABLE occurrence_decisions ALTER COLUMN number SET DEFAULT nextval('occurrence_decisions_numbers');
ALTER TABLE occurrence_decisions ADD CONSTRAINT occurrence_decisions_state_check
  CHECK (state IN ('due', 'held', 'sent', 'unknown', 'successful', 'failed', 'skipped', 'cancelled'));
ALTER SEQUENCE occurrence_decisions_numbers OWNED BY occurrence_decisions.number;
CREATE INDEX occurrence_decisions_in_order ON occurrence_decisions (occurrence_id, number);
CREATE TRIGGER occurrence_decisions_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON occurrence_decisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $$ BEGIN
  EXECUTE format('ALTER TABLE occurrence_decisions ATTACH PARTITION occurrence_decisions_first FOR VALUES FROM (MINVALUE) TO (%L)',
    (SELECT substring(pg_get_expr(conbin, conrelid) FROM '''([^'']+)''')::timestamptz
     FROM pg_constraint WHERE conname = 'occurrence_decisions_until'));
END $$;
ALTER TABLE occurrence_decisions_first DROP CONSTRAINT occurrence_decisions_until;

-- A part that takes lines from a moment up to another one; without them, all that have no other place.
CREATE FUNCTION add_decision_part(part text, begins timestamptz, ends timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I (LIKE occurrence_decisions INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)'
    ' WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,'
    ' autovacuum_vacuum_insert_scale_factor = 0.05)', part);
  EXECUTE format('CREATE TRIGGER occurrence_decisions_stand BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
    ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
  IF begins IS NULL THEN
    EXECUTE format('ALTER TABLE occurrence_decisions ATTACH PARTITION %I DEFAULT', part);
  ELSE
    EXECUTE format('ALTER TABLE occurrence_decisions ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, begins, ends);
  END IF;
END $$;
SELECT add_decision_part('occurrence_decisions_beyond', NULL, NULL);

-- The parts with an end, the oldest first; the first one of all has no beginning.
CREATE VIEW decision_parts AS
SELECT c.oid::regclass AS part,
  substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \(''([^'']+)''\)')::timestamptz AS begins,
  substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz AS ends
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'occurrence_decisions'::regclass AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
ORDER BY ends;

-- Parts for this month and some more; how many were added. Lines that came when there was no part for them stay where they are, and
-- the parts go on behind their month.
CREATE FUNCTION add_decision_months(ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  added integer := 0;
  until timestamptz := clock_timestamp() + ahead * interval '1 month';
  latest timestamptz := (SELECT max(decided_at) FROM occurrence_decisions_beyond WHERE decided_at < until);
  begins timestamptz := greatest((SELECT max(ends) FROM decision_parts),
    (date_trunc('month', latest AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
  following timestamptz;
BEGIN
  WHILE begins < until LOOP
    following := (begins AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
    PERFORM add_decision_part('occurrence_decisions_' || to_char(begins AT TIME ZONE 'UTC', 'YYYYMM'), begins, following);
    begins := following;
    added := added + 1;
  END LOOP;
  RETURN added;
END $$;

-- Drop what ended so many whole months before this one; how many parts.
CREATE FUNCTION drop_decision_months(kept integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  dropped integer := 0;
  old regclass;
BEGIN
  FOR old IN
    SELECT part FROM decision_parts
    WHERE ends <= (date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') - kept * interval '1 month') AT TIME ZONE 'UTC'
  LOOP
    EXECUTE format('DROP TABLE %s', old);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
SELECT add_decision_months(12);
