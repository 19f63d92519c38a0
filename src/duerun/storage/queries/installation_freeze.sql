-- The place is taken over at once: a copy that a person has let go on is none any more. An earlier reason stays, but for a restore's.
UPDATE installation i SET frozen_at = coalesce(i.frozen_at, now()), 
  reason = CASE WHEN %(reason)s = 'restored' THEN 'restored' ELSE coalesce(i.reason, %(reason)s) END, turn = i.turn + 1,
  asked_since = NULL, mark = coalesce(%(mark)s, i.mark), table_number = i.tableoid::bigint,
  database_number = (SELECT d.oid::bigint FROM pg_database d WHERE d.datname = current_database()),
  system_number = CASE WHEN has_function_privilege('pg_control_system()', 'execute')
    THEN (SELECT c.system_identifier FROM pg_control_system() c) END
