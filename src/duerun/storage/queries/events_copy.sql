COPY events (id, account_id, livemode, key, object_id, data, api_version, created_at) FROM STDIN
