-- As in accounts_due: the first one in the order of the index.
SELECT a.id, m.livemode
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
LEFT JOIN test_clocks c ON c.account_id = a.id AND NOT m.livemode
WHERE (a.id, m.livemode) > (%(after_id)s, %(after_livemode)s)
  AND (c.advancing_until IS NULL OR c.advancing_until <= now())
  AND (
    SELECT h.expires_at FROM charges h
    WHERE h.account_id = a.id AND h.livemode = m.livemode AND h.status = 'pending' AND h.authorized_at IS NOT NULL
    ORDER BY h.expires_at LIMIT 1) <= %(now)s::timestamptz + coalesce(c.offset_microseconds, 0) * interval '1 microsecond'
ORDER BY a.id, m.livemode
LIMIT %(accounts_max)s
