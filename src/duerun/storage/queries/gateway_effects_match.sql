-- What we asked for under each key, as it is now. A payment by hand has its state in its own table.
SELECT r.key, r.kind, r.amount_minor, r.currency, r.effect_id, r.account_id, r.livemode,
  coalesce(o.state, CASE WHEN c.gateway_state = 'settled' THEN
      CASE WHEN c.failure_code IS NULL THEN 'successful' ELSE 'failed' END WHEN c.id IS NOT NULL THEN 'unknown' END,
    CASE WHEN t.gateway_state = 'settled' THEN
      CASE WHEN t.sent_at IS NOT NULL THEN 'successful' ELSE 'failed' END WHEN t.id IS NOT NULL THEN 'unknown' END,
    'unknown') AS state
FROM gateway_requests r
LEFT JOIN occurrences o ON o.id = r.payment_id
LEFT JOIN charges c ON c.id = r.payment_id
LEFT JOIN transfers t ON t.id = r.payment_id
WHERE r.key = ANY (%(keys)s)
