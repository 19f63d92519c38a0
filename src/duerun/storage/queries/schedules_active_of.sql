SELECT id FROM schedules
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'active'
  AND (customer_id = %(customer_id)s OR recipient_id = %(recipient_id)s)
ORDER BY id
