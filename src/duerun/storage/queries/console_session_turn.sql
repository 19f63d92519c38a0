UPDATE console_sessions s SET account_id = %(account_id)s, livemode = %(livemode)s
FROM console_roles r
WHERE s.hash = %(hash)s AND r.user_id = s.user_id AND r.account_id = %(account_id)s
