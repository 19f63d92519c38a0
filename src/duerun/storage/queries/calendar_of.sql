SELECT id FROM schedules
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'active'
  AND CASE %(scope)s WHEN 'customer' THEN customer_id WHEN 'recipient' THEN recipient_id ELSE id END = %(scope_id)s
  AND (%(scope)s <> 'customer' OR customer_id = %(scope_id)s) AND (%(scope)s <> 'recipient' OR recipient_id = %(scope_id)s)
ORDER BY id
LIMIT %(rows_max)s
