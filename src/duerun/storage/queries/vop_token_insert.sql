INSERT INTO vop_tokens (token_hash, client_number, scopes, expires_at)
VALUES (%(token_hash)b, %(client_number)s, %(scopes)s, %(expires_at)s)
