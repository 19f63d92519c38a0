UPDATE console_users SET codes_since = %(now)s
WHERE id = %(user_id)s AND code_seed IS NOT NULL AND codes_since IS NULL
