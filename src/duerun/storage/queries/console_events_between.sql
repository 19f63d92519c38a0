SELECT e.id
FROM events e
LEFT JOIN webhook_deliveries d ON d.event_id = e.id
WHERE e.account_id = %(account_id)s AND e.livemode = %(livemode)s AND e.created_at >= %(since)s AND e.created_at < %(until)s
  AND (NOT %(only_failed)s OR d.error IS NOT NULL)
ORDER BY e.created_at, e.id
LIMIT %(rows_max)s
