WITH occurrences AS (
  UPDATE occurrences SET lease_until = now() WHERE state IN ('sent', 'unknown') AND lease_until > now()
), charges AS (
  UPDATE charges SET lease_until = now() WHERE gateway_state <> 'settled' AND lease_until > now()
), transfers AS (
  UPDATE transfers SET lease_until = now() WHERE gateway_state IN ('sent', 'unknown') AND lease_until > now()
)
UPDATE test_clocks SET advancing_until = NULL WHERE advancing_until IS NOT NULL
