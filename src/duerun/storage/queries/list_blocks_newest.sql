-- When something was last made in each account: every object that is listed has an event of its making.
SELECT a.id AS account_id, m.livemode, e.created_at AS newest
FROM (SELECT id FROM accounts WHERE id > %(after_id)s ORDER BY id LIMIT %(accounts_max)s) AS a
CROSS JOIN (VALUES (true), (false)) AS m (livemode)
LEFT JOIN LATERAL (
  SELECT created_at FROM events
  WHERE account_id = a.id AND livemode = m.livemode
  ORDER BY created_at DESC
  LIMIT 1
) AS e ON true
ORDER BY a.id, m.livemode
