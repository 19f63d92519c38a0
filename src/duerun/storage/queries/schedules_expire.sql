UPDATE schedules s SET state = 'expired', ended_at = %(now)s
WHERE s.id = ANY (%(ids)s) AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.state = 'active'
  AND NOT EXISTS (
    SELECT FROM occurrences o WHERE o.schedule_id = s.id AND o.state IN ('due', 'held', 'sent', 'unknown'))
RETURNING id
