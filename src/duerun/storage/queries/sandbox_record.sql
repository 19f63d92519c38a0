INSERT INTO sandbox.ledger (key, kind, account, livemode, amount_minor, currency, target, outcome, code)
SELECT * FROM unnest(
  %(key)s::text[], %(kind)s::text[], %(account)s::text[], %(livemode)s::boolean[], %(amount_minor)s::bigint[],
  %(currency)s::text[], %(target)s::text[], %(outcome)s::text[], %(code)s::text[]
)
ON CONFLICT (key) DO NOTHING
