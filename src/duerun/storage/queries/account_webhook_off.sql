UPDATE accounts
SET webhook_uri_test = CASE WHEN %(livemode)s THEN webhook_uri_test END,
  webhook_uri_live = CASE WHEN %(livemode)s THEN NULL ELSE webhook_uri_live END
WHERE id = %(account_id)s AND CASE WHEN %(livemode)s THEN webhook_uri_live ELSE webhook_uri_test END = %(uri)s
