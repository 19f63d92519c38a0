UPDATE charges
SET status = %(status)s, gateway_state = %(gateway_state)s, lease_until = NULL, authorized_at = %(authorized_at)s,
  paid_at = %(paid_at)s, expired_at = %(expired_at)s, reversed_at = %(reversed_at)s,
  captured_minor = %(captured_minor)s, refunded_minor = %(refunded_minor)s, fee_minor = %(fee_minor)s,
  fee_vat_minor = %(fee_vat_minor)s, failure_code = %(failure_code)s, failure_message = %(failure_message)s,
  transaction_id = %(transaction_id)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
