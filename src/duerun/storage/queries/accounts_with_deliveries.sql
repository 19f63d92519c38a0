-- As in accounts_due: the first one in the order of the index.
SELECT a.id, m.livemode
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
WHERE (a.id, m.livemode) > (%(after_id)s, %(after_livemode)s)
  AND (
    SELECT d.next_at FROM webhook_deliveries d
    WHERE d.account_id = a.id AND d.livemode = m.livemode AND d.state = 'pending'
    ORDER BY d.next_at LIMIT 1) <= %(now)s
ORDER BY a.id, m.livemode
LIMIT %(accounts_max)s
