SELECT r.key, r.reference, r.amount_minor, r.currency, r.account_id, r.livemode
FROM gateway_requests r
LEFT JOIN occurrences o ON o.id = r.payment_id
LEFT JOIN charges c ON c.id = r.payment_id
LEFT JOIN transfers t ON t.id = r.payment_id
WHERE r.gateway = %(gateway)s AND r.effect_id IS NULL AND r.sent_at >= %(since)s AND r.sent_at < %(until)s
  AND (o.state = 'successful' OR c.gateway_state = 'settled' AND c.failure_code IS NULL
    OR t.gateway_state = 'settled' AND t.sent_at IS NOT NULL)
ORDER BY r.sent_at
LIMIT %(rows_max)s
