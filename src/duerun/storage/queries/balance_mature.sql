INSERT INTO balance_maturities AS m (account_id, livemode, transferable_at, amount_minor)
SELECT %(account_id)s, %(livemode)s, transferable_at, sum(amount_minor)
FROM unnest(%(transferable_at)s::timestamptz[], %(amounts)s::bigint[]) AS t (transferable_at, amount_minor)
GROUP BY transferable_at
ON CONFLICT (account_id, livemode, transferable_at) DO UPDATE SET amount_minor = m.amount_minor + excluded.amount_minor
