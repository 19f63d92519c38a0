DELETE FROM console_sessions WHERE user_id = %(user_id)s
