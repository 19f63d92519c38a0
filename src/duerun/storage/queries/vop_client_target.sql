SELECT webhook_uri, webhook_token_uri, webhook_client_id, readable_webhook_secret, livemode FROM vop_clients
WHERE number = %(client_number)s
