SELECT min(expires_at) AS expires_at FROM charges
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND status = 'pending' AND authorized_at IS NOT NULL
