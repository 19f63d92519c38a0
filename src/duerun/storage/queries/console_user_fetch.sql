SELECT id, name, password_hash, code_seed, codes_since, code_step, disabled_at, created_at
FROM console_users
WHERE name = %(name)s
