SELECT o.id, o.schedule_id, o.kind, o.scheduled_on, o.attempt, o.retry_on, o.due_at, o.state, o.token, o.sends, o.sent_at,
  o.released, o.amount_minor, o.card_id, o.message, o.result_id, o.processed_at, o.rule, o.created_at,
  s.every, s.period, s.on_text, s.start_on, s.end_on, s.state AS schedule_state, s.paused_at, s.ended_at, s.currency,
  s.customer_id, s.recipient_id, s.bulk_job_id, j.approved_by,
  coalesce(c.failure_code, t.failure_code) AS failure_code, coalesce(c.failure_message, t.failure_message) AS failure_message,
  g.gateway, g.request_hash,
  (SELECT r.id FROM occurrences r
   WHERE r.schedule_id = o.schedule_id AND r.scheduled_on = o.scheduled_on AND r.attempt = o.attempt - 1) AS tried_before,
  (SELECT r.id FROM occurrences r
   WHERE r.schedule_id = o.schedule_id AND r.scheduled_on = o.scheduled_on AND r.attempt = o.attempt + 1) AS tried_again
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id
LEFT JOIN bulk_jobs j ON j.id = s.bulk_job_id
LEFT JOIN charges c ON c.id = o.result_id AND o.kind = 'charge'
LEFT JOIN transfers t ON t.id = o.result_id AND o.kind = 'transfer'
LEFT JOIN gateway_requests g ON g.payment_id = o.id
WHERE o.id = %(occurrence_id)s AND o.account_id = %(account_id)s AND o.livemode = %(livemode)s
