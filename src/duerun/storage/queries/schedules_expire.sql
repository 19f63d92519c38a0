-- The CASE and the LIMIT keep the planner on the index by schedule, however stale its statistics are.
UPDATE schedules s SET state = 'expired', ended_at = %(now)s
WHERE s.id = ANY (%(ids)s) AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.state = 'active'
  AND (
    SELECT true FROM occurrences o
    WHERE o.schedule_id = s.id AND CASE WHEN o.state IN ('due', 'held', 'sent', 'unknown') THEN true END
    LIMIT 1
  ) IS NULL
RETURNING id
