WITH lapsed AS MATERIALIZED (
  SELECT id FROM charges
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND status = 'pending' AND authorized_at IS NOT NULL
    AND expires_at <= %(now)s
  ORDER BY expires_at
  LIMIT %(rows_max)s
  FOR UPDATE SKIP LOCKED
)
UPDATE charges c SET status = 'expired', expired_at = %(now)s
FROM lapsed
WHERE c.id = lapsed.id
RETURNING c.id
