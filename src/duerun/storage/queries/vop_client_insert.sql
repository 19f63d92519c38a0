INSERT INTO vop_clients (client_id, livemode, secret_hash, scopes, bics, offering, profile, match, created_at)
VALUES (%(client_id)s, %(livemode)s, %(secret_hash)b, %(scopes)s, %(bics)s, %(offering)s, %(profile)s, %(match)s, %(now)s)
ON CONFLICT (client_id) DO NOTHING
RETURNING *
