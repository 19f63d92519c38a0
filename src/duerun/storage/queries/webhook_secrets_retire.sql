-- The newest one gets its last hours, older ones end at once.
WITH newest AS (
  SELECT id FROM webhook_secrets
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND (expires_at IS NULL OR expires_at > %(now)s)
  ORDER BY created_at DESC, id DESC
  LIMIT 1
), ended AS (
  DELETE FROM webhook_secrets
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND id NOT IN (SELECT id FROM newest)
)
UPDATE webhook_secrets
SET expires_at = least(expires_at, %(expires_at)s)
WHERE id IN (SELECT id FROM newest) AND account_id = %(account_id)s AND livemode = %(livemode)s
