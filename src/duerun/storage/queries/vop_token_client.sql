SELECT client.*, token.scopes AS token_scopes, token.expires_at
FROM vop_tokens AS token JOIN vop_clients AS client ON client.number = token.client_number
WHERE token.token_hash = %(token_hash)b AND token.expires_at > %(now)s
