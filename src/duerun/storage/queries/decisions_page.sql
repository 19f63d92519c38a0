WITH page AS MATERIALIZED (
  SELECT id FROM occurrences
  WHERE id > %(after)s AND (%(account_id)s::bigint IS NULL OR account_id = %(account_id)s)
  ORDER BY id LIMIT %(rows_max)s
)
SELECT o.id, o.attempt, o.created_at, o.state, o.sends, o.due_at, o.retry_on, o.released, o.amount_minor, o.card_id, o.message, o.result_id,
  o.processed_at, d.number, d.state_before AS logged_before, d.state AS logged_state, d.sends AS logged_sends,
  d.due_before AS logged_due_before, d.due_at AS logged_due_at, d.retry_on AS logged_retry_on,
  d.released AS logged_released, d.amount_minor AS logged_amount_minor, d.card_id AS logged_card_id,
  d.message AS logged_message, d.result_id AS logged_result_id, d.processed_at AS logged_processed_at
FROM page p
JOIN occurrences o ON o.id = p.id
LEFT JOIN occurrence_decisions d ON d.occurrence_id = o.id
ORDER BY o.id, d.number
