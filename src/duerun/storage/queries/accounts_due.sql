-- The first one in the order of the index, of a scalar subquery with a LIMIT: one probe of the partial index for each account. Without
-- the order, an account that has much to come, and nothing yet, is looked for by reading the whole table.
SELECT a.id, m.livemode
FROM accounts a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
LEFT JOIN test_clocks c ON c.account_id = a.id AND NOT m.livemode
WHERE (a.id, m.livemode) > (%(after_id)s, %(after_livemode)s)
  AND (c.advancing_until IS NULL OR c.advancing_until <= now())
  AND least(
    (SELECT o.due_at FROM occurrences o
      WHERE o.account_id = a.id AND o.livemode = m.livemode AND o.kind = 'charge' AND o.state = 'due' ORDER BY o.due_at LIMIT 1),
    (SELECT o.due_at FROM occurrences o
      WHERE o.account_id = a.id AND o.livemode = m.livemode AND o.kind = 'transfer' AND o.state = 'due' ORDER BY o.due_at LIMIT 1))
    <= %(now)s::timestamptz + coalesce(c.offset_microseconds, 0) * interval '1 microsecond'
ORDER BY a.id, m.livemode
LIMIT %(accounts_max)s
