SELECT c.id, c.livemode, c.amount_minor, c.currency, c.status, c.capture, c.expires_at, c.created_at, c.card_id,
  c.authorization_type, c.authorized_at, c.paid_at, c.expired_at, c.reversed_at, c.captured_minor, c.refunded_minor,
  c.fee_minor, c.fee_vat_minor, c.failure_code, c.failure_message, c.description, c.metadata, c.return_uri, c.ip,
  c.transaction_id, c.customer_id, c.schedule_id, c.gateway_state, t.transferable_at AS settles_at
FROM charges c
LEFT JOIN transactions t ON t.id = c.transaction_id
WHERE c.account_id = %(account_id)s AND c.livemode = %(livemode)s
