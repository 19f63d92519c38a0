UPDATE transfers
SET amount_minor = %(amount_minor)s, metadata = %(metadata)s, paid_at = %(paid_at)s, deleted_at = %(deleted_at)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
