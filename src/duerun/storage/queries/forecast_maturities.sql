SELECT transferable_at, amount_minor FROM balance_maturities
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND transferable_at > %(now)s
ORDER BY transferable_at
