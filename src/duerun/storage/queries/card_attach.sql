UPDATE cards SET customer_id = %(customer_id)s, attached_at = %(now)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
