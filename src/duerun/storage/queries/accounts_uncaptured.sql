-- A scalar subquery with a LIMIT is never turned into a join: one probe of the partial index for each account.
SELECT a.id, m.livemode
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
LEFT JOIN test_clocks c ON c.account_id = a.id AND NOT m.livemode
WHERE (a.id, m.livemode) > (%(after_id)s, %(after_livemode)s)
  AND (c.advancing_until IS NULL OR c.advancing_until <= now())
  AND (
    SELECT true FROM charges h
    WHERE h.account_id = a.id AND h.livemode = m.livemode AND h.status = 'pending' AND h.authorized_at IS NOT NULL
      AND h.expires_at <= %(now)s::timestamptz + coalesce(c.offset_microseconds, 0) * interval '1 microsecond'
    LIMIT 1)
ORDER BY a.id, m.livemode
LIMIT %(accounts_max)s
