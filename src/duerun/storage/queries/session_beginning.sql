SELECT current_setting('transaction_read_only') = 'on' AS is_read_only, backend_start AS began_at
FROM pg_stat_get_activity(pg_backend_pid())
