-- The CASE and the LIMIT keep the planner on the index by schedule, however stale its statistics are.
SELECT s.id, s.kind, s.every, s.period, s.on_text, s.start_on, s.end_on,
  (SELECT max(o.scheduled_on) FROM occurrences o WHERE o.schedule_id = s.id) AS planned_through,
  EXISTS (
    SELECT FROM occurrences o
    WHERE o.schedule_id = s.id AND o.attempt = 0 AND o.state IN ('held', 'sent', 'unknown')) AS under_way
FROM schedules s
WHERE s.id = ANY (%(ids)s) AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.state = 'active'
  AND (
    SELECT true FROM occurrences o
    WHERE o.schedule_id = s.id AND CASE WHEN o.attempt = 0 AND o.state = 'due' THEN true END
    ORDER BY o.scheduled_on DESC
    LIMIT 1
  ) IS NULL
ORDER BY s.id
FOR NO KEY UPDATE OF s SKIP LOCKED
