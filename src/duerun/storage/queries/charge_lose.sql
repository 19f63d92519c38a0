UPDATE charges
SET gateway_state = 'unknown', lease_until = CASE WHEN gateway_state = 'sent' THEN now() ELSE lease_until END
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
