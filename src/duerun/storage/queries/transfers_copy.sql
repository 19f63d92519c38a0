COPY transfers (id, account_id, livemode, recipient_id, amount_minor, currency, fee_minor, fee_vat_minor, metadata, sent_at,
  failed_at, failure_code, failure_message, transaction_id, schedule_id, occurrence_id, gateway_state, sends, gateway_sent_at,
  created_at)
FROM STDIN
