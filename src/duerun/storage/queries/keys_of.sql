-- Keys that count stand above those that have ended, the newest first. A hash of something that nobody can guess tells nothing: its
-- beginning names the key.
SELECT left(encode(hash, 'hex'), 16) AS reference, kind, last_four, user_name, created_at, expires_at, used_at
FROM keys
WHERE account_id = %(account_id)s AND livemode = %(livemode)s
ORDER BY expires_at IS NOT NULL AND expires_at <= %(now)s, created_at DESC, kind
LIMIT %(rows_max)s
