-- Active schedules of charges with their next date, added up over all that decides on which days they run. The start counts only where
-- it decides which periods are left out, the end only where it comes before the end of what is asked for.
WITH due AS (
  SELECT schedule_id, scheduled_on, due_at FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'charge' AND state = 'due' AND attempt = 0
    AND NOT released
), retries AS (
  SELECT schedule_id, jsonb_object_agg(retry_on, scheduled_on) AS days FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'charge' AND state = 'due' AND attempt > 0
  GROUP BY schedule_id
), decided AS (
  SELECT schedule_id, jsonb_agg(jsonb_build_array(on_date, skipped, moved_to, amount_minor) ORDER BY on_date) AS days
  FROM schedule_dates
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND greatest(on_date, moved_to) >= %(today)s::date - 31
  GROUP BY schedule_id
), lanes AS (
  SELECT s.period, s.every, s.on_text, CASE WHEN s.every > 1 OR o.schedule_id IS NULL THEN s.start_on END AS start_on,
    CASE WHEN s.end_on <= %(until)s THEN s.end_on END AS end_on, s.currency, s.capture, s.paused_at IS NOT NULL AS paused,
    o.scheduled_on, o.due_at,
    CASE WHEN o.schedule_id IS NULL THEN (SELECT max(x.scheduled_on) FROM occurrences x WHERE x.schedule_id = s.id) END AS planned_through,
    r.days AS retries, d.days AS changes, s.amount_minor
  FROM schedules s
  LEFT JOIN due o ON o.schedule_id = s.id
  LEFT JOIN retries r ON r.schedule_id = s.id
  LEFT JOIN decided d ON d.schedule_id = s.id
  WHERE s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.kind = 'charge' AND s.state = 'active'
)
SELECT period, every, on_text, start_on, end_on, currency, capture, paused, scheduled_on, due_at, planned_through, retries, changes,
  count(*) AS count, sum(amount_minor)::bigint AS amount_minor,
  sum(CASE WHEN capture THEN charge_net(amount_minor, %(fee_rate)s, %(vat_rate)s) END)::bigint AS net_minor
FROM lanes
GROUP BY period, every, on_text, start_on, end_on, currency, capture, paused, scheduled_on, due_at, planned_through, retries, changes
