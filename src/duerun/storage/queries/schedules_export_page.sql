SELECT s.*,
  (SELECT max(o.scheduled_on) FROM occurrences o WHERE o.schedule_id = s.id) AS planned_through,
  (SELECT array_agg(DISTINCT o.scheduled_on) FROM occurrences o
    WHERE o.schedule_id = s.id AND o.scheduled_on >= %(today)s AND o.state IN ('due', 'held')) AS open_dates,
  (SELECT jsonb_agg(jsonb_build_object('on_date', d.on_date, 'skipped', d.skipped, 'moved_to', d.moved_to,
      'amount_minor', d.amount_minor))
    FROM schedule_dates d WHERE d.schedule_id = s.id) AS changes
FROM schedules s
WHERE s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.state = 'active'
  AND (s.created_at, s.id) > (%(after_moment)s, %(after_id)s)
ORDER BY s.created_at, s.id
LIMIT %(rows_max)s
