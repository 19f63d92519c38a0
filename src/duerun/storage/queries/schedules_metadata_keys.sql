SELECT DISTINCT k.key
FROM schedules s
CROSS JOIN LATERAL jsonb_object_keys(s.metadata) AS k (key)
WHERE s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.state = 'active' AND s.kind = 'charge'
  AND s.metadata <> '{}'
ORDER BY k.key
LIMIT %(keys_max)s
