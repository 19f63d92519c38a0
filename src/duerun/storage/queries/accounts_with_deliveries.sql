SELECT a.id, m.livemode
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
WHERE (a.id, m.livemode) > (%(after_id)s, %(after_livemode)s)
  AND EXISTS (
    SELECT FROM webhook_deliveries d
    WHERE d.account_id = a.id AND d.livemode = m.livemode AND d.state = 'pending' AND d.next_at <= %(now)s)
ORDER BY a.id, m.livemode
LIMIT %(accounts_max)s
