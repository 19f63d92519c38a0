-- Planned occurrences by rule: what each pays on its own day, and what the rule brings on the days behind it is counted from there.
SELECT s.kind, s.currency, s.every, s.period, s.on_text, s.start_on, s.end_on, o.scheduled_on, o.attempt > 0 AS is_retry,
  (o.due_at AT TIME ZONE %(timezone)s)::date AS runs_on, count(*) AS count,
  coalesce(sum(s.amount_minor), 0)::bigint AS amount_minor, count(*) FILTER (WHERE s.amount_minor IS NULL) AS open_amounts
FROM (VALUES ('charge'), ('transfer')) AS k (kind)
JOIN occurrences o ON o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.kind = k.kind AND o.state = 'due'
  AND o.due_at < %(until)s
JOIN schedules s ON s.id = o.schedule_id
WHERE s.state = 'active' AND s.paused_at IS NULL
GROUP BY s.kind, s.currency, s.every, s.period, s.on_text, s.start_on, s.end_on, o.scheduled_on, is_retry, runs_on
LIMIT %(rows_max)s
