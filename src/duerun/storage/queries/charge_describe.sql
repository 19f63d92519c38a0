UPDATE charges SET description = %(description)s, metadata = %(metadata)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
