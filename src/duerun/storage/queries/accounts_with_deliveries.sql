-- A scalar subquery with a LIMIT is never turned into a join: one probe of the partial index for each account.
SELECT a.id, m.livemode
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
WHERE (a.id, m.livemode) > (%(after_id)s, %(after_livemode)s)
  AND (
    SELECT true FROM webhook_deliveries d
    WHERE d.account_id = a.id AND d.livemode = m.livemode AND d.state = 'pending' AND d.next_at <= %(now)s
    LIMIT 1)
ORDER BY a.id, m.livemode
LIMIT %(accounts_max)s
