SELECT 'charge' AS kind, currency, count(*) AS count, sum(captured_minor)::bigint AS amount_minor
FROM charges
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND created_at >= %(since)s AND created_at <= %(now)s AND captured_minor > 0
GROUP BY currency
UNION ALL
SELECT 'transfer', currency, count(*), sum(amount_minor)::bigint
FROM transfers
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND created_at >= %(since)s AND created_at <= %(now)s
  AND sent_at IS NOT NULL AND failed_at IS NULL
GROUP BY currency
