SELECT number, state_before, state, token, sends, due_before, due_at, retry_on, released, amount_minor, card_id, message, result_id,
  processed_at, rule, actor, account_clock, decided_at
FROM occurrence_decisions
WHERE occurrence_id = %(occurrence_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
ORDER BY number
