SELECT b.livemode, b.total_minor, b.held_minor, b.created_at,
  (
    SELECT coalesce(sum(m.amount_minor), 0)::bigint FROM balance_maturities m
    WHERE m.account_id = b.account_id AND m.livemode = b.livemode AND m.transferable_at > %(now)s
  ) AS maturing_minor
FROM balances b
WHERE b.account_id = %(account_id)s AND b.livemode = %(livemode)s
