INSERT INTO charges (id, account_id, livemode, amount_minor, currency, status, capture, authorization_type, expires_at,
  description, metadata, return_uri, ip, customer_id, card_id, gateway_state, token, lease_until, sends, sent_at, created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(amount_minor)s, %(currency)s, 'pending', %(capture)s,
  %(authorization_type)s, %(expires_at)s, %(description)s, %(metadata)s, %(return_uri)s, %(ip)s, %(customer_id)s,
  %(card_id)s, 'sent', %(token)s, now() + %(lease_seconds)s * interval '1 second', 1, now(), %(created_at)s)
