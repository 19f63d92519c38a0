WITH page AS (
  SELECT id, account_id, livemode, state FROM schedules WHERE id > %(after)s ORDER BY id LIMIT %(schedules_max)s
)
SELECT whole.through, whole.seen, p.id, p.account_id, p.livemode
FROM (SELECT max(id) AS through, count(*) AS seen FROM page) AS whole
LEFT JOIN page p ON p.state = 'active'
  AND NOT EXISTS (
    SELECT FROM occurrences o WHERE o.schedule_id = p.id AND o.attempt = 0 AND o.state = 'due')
  AND NOT EXISTS (
    SELECT FROM test_clocks c WHERE c.account_id = p.account_id AND NOT p.livemode AND c.advancing_until > now())
