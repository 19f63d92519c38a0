UPDATE tokens SET used_at = %(now)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND used_at IS NULL
