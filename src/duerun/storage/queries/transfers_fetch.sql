SELECT id, livemode, recipient_id, amount_minor, currency, fee_minor, fee_vat_minor, created_at, fail_fast, idemp_key,
  metadata, sent_at, paid_at, failed_at, failure_code, failure_message, transaction_id, schedule_id, deleted_at, gateway_state
FROM transfers
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
