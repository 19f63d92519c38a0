INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, attempt, retry_on, due_at, state, message,
  processed_at, created_at)
SELECT id, %(account_id)s, %(livemode)s, schedule_id, kind, scheduled_on, attempt, retry_on, due_at, state, message,
  CASE WHEN state = 'skipped' THEN %(now)s::timestamptz END, created_at
FROM unnest(
  %(ids)b::text[], %(schedule_ids)b::text[], %(kinds)b::text[], %(scheduled_on)b::date[], %(attempts)b::integer[],
  %(retry_on)b::date[], %(due_at)b::timestamptz[], %(states)b::text[], %(messages)b::text[],
  %(created_at)b::timestamptz[]
) AS o (id, schedule_id, kind, scheduled_on, attempt, retry_on, due_at, state, message, created_at)
ON CONFLICT (schedule_id, scheduled_on, attempt) DO NOTHING
