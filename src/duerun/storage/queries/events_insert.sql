INSERT INTO events (id, account_id, livemode, key, object_id, data, api_version, created_at)
SELECT id, %(account_id)s, %(livemode)s, key, object_id, data, %(api_version)s,
  %(now)s::timestamptz + place * interval '1 microsecond'
FROM unnest(%(ids)s::text[], %(keys)s::text[], %(object_ids)s::text[], %(data)s::text[], %(places)s::integer[])
  AS e (id, key, object_id, data, place)
