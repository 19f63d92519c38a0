UPDATE cards
SET name = %(name)s, city = %(city)s, postal_code = %(postal_code)s, expiration_month = %(expiration_month)s,
  expiration_year = %(expiration_year)s, deleted_at = %(deleted_at)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
