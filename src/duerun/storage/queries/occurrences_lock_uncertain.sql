WITH lapsed AS MATERIALIZED (
  SELECT id FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state IN ('sent', 'unknown') AND lease_until <= now()
    AND kind = %(kind)s
  ORDER BY lease_until
  LIMIT %(rows_max)s
  FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE occurrences o SET token = o.token + 1, lease_until = now() + %(lease_seconds)s * interval '1 second'
FROM lapsed
WHERE o.id = lapsed.id
RETURNING o.id
