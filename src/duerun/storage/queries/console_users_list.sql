SELECT u.name, u.password_hash IS NOT NULL AS has_password, u.codes_since IS NOT NULL AS has_codes, u.disabled_at, u.created_at,
  a.public_id, r.role
FROM console_users u
LEFT JOIN console_roles r ON r.user_id = u.id
LEFT JOIN accounts a ON a.id = r.account_id
ORDER BY u.name, a.id
LIMIT %(rows_max)s
