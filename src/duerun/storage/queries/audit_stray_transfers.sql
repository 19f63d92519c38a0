WITH page AS MATERIALIZED (
  SELECT id, account_id, livemode, schedule_id, occurrence_id
  FROM transfers WHERE id > %(after)s AND occurrence_id IS NOT NULL ORDER BY id LIMIT %(rows_max)s
)
SELECT p.id, p.account_id, p.livemode, p.schedule_id, o.id IS NULL AS is_stray
FROM page p
LEFT JOIN occurrences o ON o.id = p.occurrence_id
ORDER BY p.id
