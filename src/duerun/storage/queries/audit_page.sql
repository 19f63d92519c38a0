SELECT number, account_id, livemode, actor, action, subject, details, happened_at, previous_hash, hash
FROM audit_entries
WHERE number > %(after)s
ORDER BY number
LIMIT %(rows_max)s
