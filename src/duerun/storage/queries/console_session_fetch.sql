-- A disabled user and a role that was taken away end the session at once.
SELECT s.user_id, u.name, u.password_hash IS NOT NULL AS has_password, u.codes_since IS NOT NULL AS has_codes, s.account_id, s.livemode,
  r.role, s.seen_at, s.expires_at
FROM console_sessions s
JOIN console_users u ON u.id = s.user_id
JOIN console_roles r ON r.user_id = s.user_id AND r.account_id = s.account_id
WHERE s.hash = %(hash)s AND s.expires_at > %(now)s AND s.seen_at > %(seen_since)s AND u.disabled_at IS NULL
