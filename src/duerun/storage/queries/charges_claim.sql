WITH lapsed AS MATERIALIZED (
  SELECT id FROM charges
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND gateway_state <> 'settled' AND lease_until <= now()
  ORDER BY lease_until
  LIMIT %(claim_rows)s
  FOR UPDATE SKIP LOCKED
)
UPDATE charges c
SET token = c.token + 1, lease_until = now() + %(lease_seconds)s * interval '1 second'
FROM lapsed, cards k
WHERE c.id = lapsed.id AND k.id = c.card_id
RETURNING c.id, c.token, c.amount_minor, c.currency, c.sends, c.card_id, c.customer_id, k.gateway_reference AS target,
  extract(epoch FROM now() - c.sent_at)::float8 AS sent_seconds_ago
