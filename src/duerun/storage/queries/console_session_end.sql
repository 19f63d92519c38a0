DELETE FROM console_sessions WHERE hash = %(hash)s
