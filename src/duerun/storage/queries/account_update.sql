-- A mode's address that is not given stays what it is by now; an empty one is taken away.
UPDATE accounts
SET webhook_uri_test = CASE WHEN %(livemode)s THEN webhook_uri_test
    ELSE nullif(coalesce(%(webhook_uri)s::text, webhook_uri_test), '') END,
  webhook_uri_live = CASE WHEN %(livemode)s THEN nullif(coalesce(%(webhook_uri)s::text, webhook_uri_live), '')
    ELSE webhook_uri_live END,
  settings = settings || %(settings)s
WHERE id = %(account_id)s
