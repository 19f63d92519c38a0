UPDATE charges c
SET token = c.token + 1, lease_until = now() + %(lease_seconds)s * interval '1 second'
FROM cards k
WHERE k.id = c.card_id AND c.account_id = %(account_id)s AND c.livemode = %(livemode)s AND c.id IN (
  SELECT q.id FROM charges q
  WHERE q.account_id = %(account_id)s AND q.livemode = %(livemode)s AND q.gateway_state <> 'settled'
    AND q.lease_until <= now()
  ORDER BY q.lease_until
  LIMIT %(claim_rows)s
  FOR UPDATE SKIP LOCKED
)
RETURNING c.id, c.token, c.amount_minor, c.currency, c.sends, c.card_id, k.gateway_reference AS target,
  extract(epoch FROM now() - c.sent_at)::float8 AS sent_seconds_ago
