SELECT account_id FROM keys WHERE hash = %(hash)s
