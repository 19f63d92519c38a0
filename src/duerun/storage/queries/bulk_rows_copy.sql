COPY bulk_rows (job_number, row_number, echo, id_tails, customer_key, customer_id, card, amount_minor, currency, description,
  every, period, on_text, start_on, end_on, first_on, due_at, terms_hash, percentage, metadata, recipient_id, error_rank,
  error_code, error_message, other_errors)
FROM STDIN
