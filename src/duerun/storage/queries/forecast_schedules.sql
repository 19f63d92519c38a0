-- Some active schedules with their next dates, each for itself.
SELECT s.id, s.kind, s.period, s.every, s.on_text, s.start_on, s.end_on, s.currency, s.capture, s.paused_at IS NOT NULL AS paused,
  s.amount_minor, s.percentage, s.failed_dates, s.revision, s.created_at, o.id AS occurrence_id, o.scheduled_on, o.due_at,
  CASE WHEN o.id IS NULL THEN (SELECT max(x.scheduled_on) FROM occurrences x WHERE x.schedule_id = s.id) END AS planned_through,
  p.id IS NOT NULL AND (p.deleted_at IS NOT NULL OR p.verified_at IS NULL OR p.activated_at IS NULL) AS blocked,
  (
    SELECT jsonb_object_agg(r.retry_on, r.scheduled_on) FROM occurrences r
    WHERE r.schedule_id = s.id AND r.retry_on IS NOT NULL AND r.state = 'due' AND r.attempt > 0
  ) AS retries,
  (
    SELECT jsonb_agg(jsonb_build_array(d.on_date, d.skipped, d.moved_to, d.amount_minor) ORDER BY d.on_date) FROM schedule_dates d
    WHERE d.schedule_id = s.id AND greatest(d.on_date, d.moved_to) >= %(today)s::date - 31
  ) AS changes,
  1 AS count
FROM schedules s
LEFT JOIN recipients p ON p.id = s.recipient_id
LEFT JOIN LATERAL (
  SELECT x.id, x.scheduled_on, x.due_at FROM occurrences x
  WHERE x.schedule_id = s.id AND x.attempt = 0 AND x.state = 'due' AND NOT x.released
  ORDER BY x.scheduled_on DESC
  LIMIT 1
) AS o ON true
WHERE s.id = ANY (%(ids)s) AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.state = 'active'
ORDER BY s.id
