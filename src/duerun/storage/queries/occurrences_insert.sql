-- Without a target, so that both unique keys let two planners at once pass one another by.
INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, attempt, retry_on, due_at, state, message,
  rule, processed_at, created_at)
SELECT o.id, %(account_id)s, %(livemode)s, o.schedule_id, o.kind, o.scheduled_on, o.attempt, o.retry_on,
  CASE WHEN o.attempt = 0 THEN coalesce(d.moved_due_at, o.due_at) ELSE o.due_at END, o.state, o.message,
  o.rule, CASE WHEN o.state = 'skipped' THEN %(now)s::timestamptz END, o.created_at
FROM unnest(
  %(ids)b::text[], %(schedule_ids)b::text[], %(kinds)b::text[], %(scheduled_on)b::date[], %(attempts)b::integer[],
  %(retry_on)b::date[], %(due_at)b::timestamptz[], %(states)b::text[], %(messages)b::text[],
  %(rules)b::text[], %(created_at)b::timestamptz[]
) AS o (id, schedule_id, kind, scheduled_on, attempt, retry_on, due_at, state, message, rule, created_at)
CROSS JOIN set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
LEFT JOIN schedule_dates d ON d.schedule_id = o.schedule_id AND d.on_date = o.scheduled_on
ON CONFLICT DO NOTHING
RETURNING id
