SELECT current_setting('server_version') AS version, current_setting('fsync') = 'on' AS fsync, clock_timestamp() AS now
