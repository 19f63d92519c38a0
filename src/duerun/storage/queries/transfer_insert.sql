INSERT INTO transfers (id, account_id, livemode, recipient_id, amount_minor, currency, fee_minor, fee_vat_minor, fail_fast,
  idemp_key, metadata, failed_at, failure_code, failure_message, gateway_state, created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(recipient_id)s, %(amount_minor)s, %(currency)s, %(fee_minor)s,
  %(fee_vat_minor)s, %(fail_fast)s, %(idemp_key)s, %(metadata)s, %(failed_at)s, %(failure_code)s, %(failure_message)s,
  %(gateway_state)s, %(now)s)
ON CONFLICT (account_id, livemode, idemp_key) WHERE idemp_key IS NOT NULL DO NOTHING
