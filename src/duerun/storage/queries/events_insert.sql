INSERT INTO events (id, account_id, livemode, key, object_id, data, api_version, created_at)
SELECT id, %(account_id)s, %(livemode)s, key, object_id, data, %(api_version)s, %(now)s
FROM unnest(%(ids)s::text[], %(keys)s::text[], %(object_ids)s::text[], %(data)s::text[]) AS e (id, key, object_id, data)
