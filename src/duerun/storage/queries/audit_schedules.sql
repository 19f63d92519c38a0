-- A payment belongs to an occurrence that says so: successful ones have one, and none stands behind what is still open.
WITH page AS MATERIALIZED (
  SELECT id, account_id, livemode, kind, every, period, on_text, start_on, end_on, state, rule_after
  FROM schedules WHERE id > %(after)s ORDER BY id LIMIT %(schedules_max)s
)
SELECT p.*, rows.days, rows.attempts, rows.states, rows.open, rows.unpaid
FROM page p
CROSS JOIN LATERAL (
  SELECT array_agg(o.scheduled_on ORDER BY o.scheduled_on, o.attempt) AS days,
    array_agg(o.attempt ORDER BY o.scheduled_on, o.attempt) AS attempts,
    array_agg(o.state ORDER BY o.scheduled_on, o.attempt) AS states,
    jsonb_agg(jsonb_build_array(o.scheduled_on, o.state, extract(epoch FROM o.due_at), extract(epoch FROM now() - o.sent_at)))
      FILTER (WHERE o.state IN ('due', 'held', 'sent', 'unknown')) AS open,
    array_agg(o.scheduled_on ORDER BY o.scheduled_on) FILTER (
      WHERE CASE
        WHEN o.state = 'successful' THEN coalesce(paid.id <> o.result_id OR paid.refused, true)
        WHEN o.state = 'failed' AND o.result_id IS NOT NULL THEN coalesce(paid.id <> o.result_id OR NOT paid.refused, true)
        ELSE paid.id IS NOT NULL
      END) AS unpaid
  FROM occurrences o
  LEFT JOIN LATERAL (
    SELECT c.id, c.status = 'failed' AS refused FROM charges c WHERE c.occurrence_id = o.id AND p.kind = 'charge'
    UNION ALL
    SELECT t.id, false FROM transfers t WHERE t.occurrence_id = o.id AND p.kind = 'transfer'
    LIMIT 1
  ) AS paid ON true
  WHERE o.schedule_id = p.id
) AS rows
ORDER BY p.id
