-- Schedules whose only open dates were sent and have no outcome: nothing of theirs is due.
SELECT DISTINCT o.schedule_id AS id
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id AND s.state = 'active'
WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.state IN ('sent', 'unknown') AND o.attempt = 0
  AND NOT EXISTS (
    SELECT FROM occurrences d WHERE d.schedule_id = o.schedule_id AND d.attempt = 0 AND d.state = 'due')
ORDER BY id
