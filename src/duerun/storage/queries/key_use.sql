UPDATE keys SET used_at = %(now)s
WHERE hash = %(hash)s AND (used_at IS NULL OR used_at < %(before)s)
