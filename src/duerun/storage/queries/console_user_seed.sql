UPDATE console_users SET code_seed = %(seed)s, codes_since = NULL, code_step = 0 WHERE id = %(user_id)s
