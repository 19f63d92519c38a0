-- The log of decisions becomes one of months. What it has so far is its first part, which ends with the month after this one: that
-- is promised here and checked by 0103, while others write, so that 0104 has nothing to read under its lock.
DO $$ BEGIN
  EXECUTE format(
    'ALTER TABLE occurrence_decisions ADD CONSTRAINT occurrence_decisions_until CHECK (decided_at < %L) NOT VALID',
    (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months') AT TIME ZONE 'UTC');
END $$;
