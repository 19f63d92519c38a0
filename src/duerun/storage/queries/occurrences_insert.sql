INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, attempt, retry_on, due_at, state, message,
  processed_at, created_at)
SELECT id, %(account_id)s, %(livemode)s, schedule_id, kind, scheduled_on, attempt, retry_on, due_at, state, message,
  CASE WHEN state = 'skipped' THEN %(now)s::timestamptz END, %(now)s
FROM unnest(
  %(ids)s::text[], %(schedule_ids)s::text[], %(kinds)s::text[], %(scheduled_on)s::date[], %(attempts)s::integer[],
  %(retry_on)s::date[], %(due_at)s::timestamptz[], %(states)s::text[], %(messages)s::text[]
) AS o (id, schedule_id, kind, scheduled_on, attempt, retry_on, due_at, state, message)
ON CONFLICT (schedule_id, scheduled_on, attempt) DO NOTHING
