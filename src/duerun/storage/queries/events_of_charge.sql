SELECT id, livemode, key, object_id, api_version, created_at, data
FROM events
WHERE object_id = %(charge_id)s AND key LIKE 'charge.%%' AND account_id = %(account_id)s AND livemode = %(livemode)s
