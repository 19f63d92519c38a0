-- Active schedules of transfers with their next date. Those of a share of the balance stand alone, and the others are added up between
-- them, so that all keep the order in which they are paid.
WITH due AS (
  SELECT id, schedule_id, scheduled_on, due_at, created_at FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'transfer' AND state = 'due' AND attempt = 0
    AND NOT released
), retries AS (
  SELECT schedule_id, jsonb_object_agg(retry_on, scheduled_on) AS days FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND kind = 'transfer' AND state = 'due' AND attempt > 0
  GROUP BY schedule_id
), decided AS (
  SELECT schedule_id, jsonb_agg(jsonb_build_array(on_date, skipped, moved_to, amount_minor) ORDER BY on_date) AS days
  FROM schedule_dates
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND greatest(on_date, moved_to) >= %(today)s::date - 31
  GROUP BY schedule_id
), lanes AS (
  SELECT s.period, s.every, s.on_text, CASE WHEN s.every > 1 OR o.schedule_id IS NULL THEN s.start_on END AS start_on,
    CASE WHEN s.end_on <= %(until)s THEN s.end_on END AS end_on, s.currency, s.paused_at IS NOT NULL AS paused,
    o.scheduled_on, o.due_at,
    CASE WHEN o.schedule_id IS NULL THEN (SELECT max(x.scheduled_on) FROM occurrences x WHERE x.schedule_id = s.id) END AS planned_through,
    r.days AS retries, d.days AS changes, s.amount_minor, s.percentage, s.failed_dates,
    p.deleted_at IS NOT NULL OR p.verified_at IS NULL OR p.activated_at IS NULL AS blocked,
    CASE WHEN s.amount_minor IS NULL THEN s.id END AS sharer,
    o.created_at AS planned_at, coalesce(o.id, s.id) AS place,
    count(*) FILTER (WHERE s.amount_minor IS NULL) OVER (ORDER BY o.created_at, o.id, s.id) AS sharers_before
  FROM schedules s
  JOIN recipients p ON p.id = s.recipient_id
  LEFT JOIN due o ON o.schedule_id = s.id
  LEFT JOIN retries r ON r.schedule_id = s.id
  LEFT JOIN decided d ON d.schedule_id = s.id
  WHERE s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.kind = 'transfer' AND s.state = 'active'
)
SELECT period, every, on_text, start_on, end_on, currency, paused, scheduled_on, due_at, planned_through, retries, changes, percentage,
  blocked, failed_dates, count(*) AS count, sum(amount_minor)::bigint AS amount_minor, min(planned_at) AS planned_at
FROM lanes
GROUP BY period, every, on_text, start_on, end_on, currency, paused, scheduled_on, due_at, planned_through, retries, changes, percentage,
  blocked, failed_dates, sharer, sharers_before
ORDER BY min(planned_at), min(place)
