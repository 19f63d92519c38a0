UPDATE transfers SET gateway_state = 'unknown'
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND token = %(token)s
  AND gateway_state IN ('sent', 'unknown')
