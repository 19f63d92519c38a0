-- What is open beside the next dates, added up: retries, dates that a person released, and what is under way.
SELECT o.kind, s.period, s.every, s.on_text, s.start_on, s.end_on, s.currency, s.capture, s.paused_at IS NOT NULL AS paused,
  o.scheduled_on, o.due_at, o.attempt, o.released, o.state, CASE WHEN d.amount_minor IS NULL THEN s.percentage END AS percentage,
  s.failed_dates, p.id IS NOT NULL AND (p.deleted_at IS NOT NULL OR p.verified_at IS NULL OR p.activated_at IS NULL) AS blocked,
  count(*) AS count, sum(a.amount_minor)::bigint AS amount_minor, min(o.created_at) AS planned_at,
  sum(CASE WHEN s.kind = 'charge' AND s.capture THEN charge_net(a.amount_minor, %(fee_rate)s, %(vat_rate)s) END)::bigint AS net_minor
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id
LEFT JOIN recipients p ON p.id = s.recipient_id
LEFT JOIN schedule_dates d ON d.schedule_id = o.schedule_id AND d.on_date = o.scheduled_on
CROSS JOIN LATERAL (SELECT coalesce(o.amount_minor, d.amount_minor, s.amount_minor) AS amount_minor) AS a
WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND s.state = 'active'
  AND ((o.state = 'due' AND (o.attempt > 0 OR o.released)) OR o.state IN ('sent', 'unknown'))
GROUP BY o.kind, s.period, s.every, s.on_text, s.start_on, s.end_on, s.currency, s.capture, s.paused_at IS NOT NULL, o.scheduled_on,
  o.due_at, o.attempt, o.released, o.state, d.amount_minor, s.percentage, s.failed_dates, p.id,
  CASE WHEN a.amount_minor IS NULL THEN o.id END
ORDER BY min(o.created_at), min(o.id)
