UPDATE vop_clients SET
  webhook_uri = %(webhook_uri)s,
  webhook_token_uri = %(webhook_token_uri)s,
  webhook_client_id = %(webhook_client_id)s,
  readable_webhook_secret = %(webhook_secret)b
WHERE client_id = %(client_id)s
