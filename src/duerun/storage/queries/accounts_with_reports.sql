SELECT DISTINCT j.account_id AS id, j.livemode
FROM bulk_jobs j
LEFT JOIN test_clocks c ON c.account_id = j.account_id AND NOT j.livemode
WHERE j.state IN ('completed', 'cancelled') AND (j.account_id, j.livemode) > (%(after_id)s, %(after_livemode)s)
  AND j.completed_at < %(now)s::timestamptz + coalesce(c.offset_microseconds, 0) * interval '1 microsecond'
    - %(retention_days)s * interval '1 day'
ORDER BY 1, 2
LIMIT %(accounts_max)s
