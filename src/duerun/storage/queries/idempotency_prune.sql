WITH old AS MATERIALIZED (
  SELECT account_id, livemode, digest FROM idempotency_keys WHERE created_at < %(before)s ORDER BY created_at LIMIT %(rows_max)s
)
DELETE FROM idempotency_keys k USING old
WHERE k.account_id = old.account_id AND k.livemode = old.livemode AND k.digest = old.digest
