SELECT o.id, o.schedule_id, o.kind, o.scheduled_on, o.attempt, o.due_at, o.token, o.sends, o.released,
  coalesce(o.put_off_at_send = o.sends, false) AS is_put_off,
  extract(epoch FROM now() - o.sent_at)::float8 AS sent_seconds_ago,
  s.every, s.period, s.on_text, s.start_on, s.end_on, s.state AS schedule_state, s.paused_at IS NOT NULL AS paused,
  coalesce(d.skipped, false) AS skip_asked,
  s.failed_dates, s.currency, coalesce(d.amount_minor, s.amount_minor) AS fixed_minor,
  CASE WHEN d.amount_minor IS NULL THEN s.percentage END AS percentage, o.amount_minor, o.target_digest, s.recipient_id,
  CASE WHEN o.attempt = 0 THEN (
    SELECT min(r.scheduled_on) FROM occurrences r
    WHERE r.schedule_id = o.schedule_id AND r.retry_on = coalesce(d.moved_to, o.scheduled_on)
      AND r.state NOT IN ('cancelled', 'skipped', 'held')
  ) END AS retry_of
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id
LEFT JOIN schedule_dates d ON d.schedule_id = o.schedule_id AND d.on_date = o.scheduled_on
WHERE o.id = ANY (%(ids)b) AND o.account_id = %(account_id)s AND o.livemode = %(livemode)s
ORDER BY o.due_at, o.created_at, o.id
