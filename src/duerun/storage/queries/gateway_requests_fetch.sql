SELECT r.payment_id, r.gateway, r.request_hash, r.description, r.metadata,
  extract(epoch FROM now() - r.sent_at)::float8 AS first_sent_seconds_ago,
  g.number AS gateway_number, g.url AS gateway_url, g.token AS gateway_token, g.terms AS gateway_terms
FROM gateway_requests r
LEFT JOIN gateways g ON g.number = r.gateway
WHERE r.payment_id = ANY (%(ids)s)
