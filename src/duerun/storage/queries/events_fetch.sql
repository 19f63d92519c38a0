SELECT id, livemode, key, object_id, api_version, created_at, data
FROM events
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
