SELECT * FROM cards
WHERE customer_id = %(customer_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND deleted_at IS NULL
