UPDATE transfers
SET gateway_state = 'settled', lease_until = NULL, sent_at = %(sent_at)s, failed_at = %(failed_at)s,
  failure_code = %(failure_code)s, failure_message = %(failure_message)s, transaction_id = %(transaction_id)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND token = %(token)s
  AND gateway_state IN ('sent', 'unknown')
