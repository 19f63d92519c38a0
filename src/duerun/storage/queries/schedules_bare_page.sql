-- The CASE and the LIMIT keep the planner on the index by schedule, however stale its statistics are.
WITH page AS MATERIALIZED (
  SELECT id, account_id, livemode, state FROM schedules WHERE id > %(after)s ORDER BY id LIMIT %(schedules_max)s
), bare AS (
  SELECT p.id, p.account_id, p.livemode
  FROM page p
  LEFT JOIN LATERAL (
    SELECT true AS found FROM occurrences o
    WHERE o.schedule_id = p.id AND CASE WHEN o.attempt = 0 AND o.state = 'due' THEN true END
    ORDER BY o.scheduled_on DESC
    LIMIT 1
  ) AS due ON true
  WHERE p.state = 'active' AND due.found IS NULL AND NOT EXISTS (
    SELECT FROM test_clocks c WHERE c.account_id = p.account_id AND NOT p.livemode AND c.advancing_until > now())
)
SELECT whole.through, whole.seen, b.id, b.account_id, b.livemode
FROM (SELECT max(id) AS through, count(*) AS seen FROM page) AS whole
LEFT JOIN bare b ON true
