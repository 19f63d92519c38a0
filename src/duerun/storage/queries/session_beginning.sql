-- The timeline grows with each promotion: at the next checkpoint it is that one's, and until then that of the end of recovery.
SELECT current_setting('transaction_read_only') = 'on' AS is_read_only, backend_start AS began_at,
  clock_timestamp() AS told_at, pg_backend_pid() AS process,
  CASE WHEN has_function_privilege('pg_control_system()', 'execute')
    THEN (SELECT c.system_identifier FROM pg_control_system() c) END AS system_number,
  CASE WHEN has_function_privilege('pg_control_checkpoint()', 'execute') AND has_function_privilege('pg_control_recovery()', 'execute')
    THEN (SELECT greatest(c.timeline_id, r.min_recovery_end_timeline) FROM pg_control_checkpoint() c, pg_control_recovery() r) END AS timeline
FROM pg_stat_get_activity(pg_backend_pid())
