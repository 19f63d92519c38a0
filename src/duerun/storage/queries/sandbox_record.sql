INSERT INTO sandbox.ledger (key, kind, account, livemode, amount_minor, currency, target, outcome, code)
SELECT * FROM unnest(
  %(key)b::text[], %(kind)b::text[], %(account)b::text[], %(livemode)b::boolean[], %(amount_minor)b::bigint[],
  %(currency)b::text[], %(target)b::text[], %(outcome)b::text[], %(code)b::text[]
)
ON CONFLICT (key) DO NOTHING
