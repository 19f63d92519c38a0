UPDATE accounts
SET webhook_uri_test = CASE WHEN %(livemode)s THEN webhook_uri_test ELSE %(webhook_uri)s END,
  webhook_uri_live = CASE WHEN %(livemode)s THEN %(webhook_uri)s ELSE webhook_uri_live END,
  settings = settings || %(settings)s
WHERE id = %(account_id)s
