-- Where this installation lives. Rows that tell of another place were restored or copied: nothing is sent from them before a person says so.
-- `table_number` is the number of this table itself, which a restore into the same database gives anew.
CREATE TABLE installation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  system_number bigint,
  database_number bigint NOT NULL,
  table_number bigint NOT NULL,
  mark text,
  frozen_at timestamptz,
  reason text CHECK (reason IN ('copied', 'restored', 'by_hand')),
  turn bigint NOT NULL DEFAULT 0,
  asked_since timestamptz,
  CHECK ((frozen_at IS NULL) = (reason IS NULL))
);

INSERT INTO installation (system_number, database_number, table_number)
SELECT CASE WHEN has_function_privilege('pg_control_system()', 'execute') THEN (SELECT system_identifier FROM pg_control_system()) END,
  d.oid::bigint, 'installation'::regclass::oid::bigint
FROM pg_database d
WHERE d.datname = current_database();

-- Why nothing may be sent, or null. Until the end of the transaction nobody can freeze: an intent that is committed behind this was allowed.
-- The function reads behind the lock, with a snapshot of its own.
CREATE FUNCTION sending_hold() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7220617002);
  RETURN (
    SELECT CASE
      WHEN i.frozen_at IS NOT NULL THEN i.reason
      WHEN i.table_number <> i.tableoid::bigint THEN 'copied'
      WHEN i.database_number <> (SELECT d.oid::bigint FROM pg_database d WHERE d.datname = current_database()) THEN 'copied'
      WHEN has_function_privilege('pg_control_system()', 'execute')
        AND i.system_number <> (SELECT c.system_identifier FROM pg_control_system() c) THEN 'copied'
    END
    FROM installation i
  );
END
$$;
