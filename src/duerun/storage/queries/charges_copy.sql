COPY charges (id, account_id, livemode, amount_minor, currency, status, capture, authorized_at, paid_at, expires_at,
  captured_minor, fee_minor, fee_vat_minor, failure_code, failure_message, description, metadata, transaction_id,
  customer_id, card_id, schedule_id, occurrence_id, created_at)
FROM STDIN
