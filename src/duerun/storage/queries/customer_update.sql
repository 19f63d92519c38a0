UPDATE customers
SET email = %(email)s, description = %(description)s, metadata = %(metadata)s, default_card_id = %(default_card_id)s,
  deleted_at = %(deleted_at)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
