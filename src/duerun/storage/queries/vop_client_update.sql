UPDATE vop_clients SET
  secret_hash = COALESCE(%(secret_hash)b, secret_hash),
  scopes = COALESCE(%(scopes)s, scopes),
  bics = COALESCE(%(bics)s, bics),
  offering = COALESCE(%(offering)s, offering),
  profile = COALESCE(%(profile)s, profile),
  match = match || %(match)s,
  is_disabled = COALESCE(%(is_disabled)s, is_disabled)
WHERE client_id = %(client_id)s
RETURNING *
