SELECT s.id AS schedule_id,
  (SELECT max(o.scheduled_on) FROM occurrences o WHERE o.schedule_id = s.id) AS planned_through,
  (SELECT array_agg(DISTINCT o.scheduled_on) FROM occurrences o
    WHERE o.schedule_id = s.id AND o.state IN ('due', 'held', 'sent', 'unknown')) AS open_dates,
  (SELECT jsonb_agg(jsonb_build_object('on_date', d.on_date, 'skipped', d.skipped, 'moved_to', d.moved_to,
      'amount_minor', d.amount_minor) ORDER BY d.on_date)
    FROM schedule_dates d WHERE d.schedule_id = s.id) AS changes
FROM schedules s
WHERE s.id = ANY (%(ids)s) AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s
