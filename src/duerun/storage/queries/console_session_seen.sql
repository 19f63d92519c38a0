UPDATE console_sessions SET seen_at = %(now)s WHERE hash = %(hash)s
