UPDATE console_users SET disabled_at = CASE WHEN %(is_disabled)s THEN coalesce(disabled_at, %(now)s) END WHERE id = %(user_id)s
