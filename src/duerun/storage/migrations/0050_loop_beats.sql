-- What the loops of each process last did, and counts that outlive processes: what alarms are made of. Both are written every few seconds.
CREATE TABLE loop_beats (
  loop text NOT NULL,
  process text NOT NULL,
  started_at timestamptz NOT NULL,
  good_at timestamptz,
  failures integer NOT NULL,
  beat_at timestamptz NOT NULL,
  PRIMARY KEY (loop, process)
) WITH (fillfactor = 50);

CREATE TABLE counters (
  name text NOT NULL,
  label text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (name, label)
) WITH (fillfactor = 50);
