SELECT key, kind, account, livemode, amount_minor, currency, target, outcome, code
FROM sandbox.ledger
WHERE key = ANY (%(keys)s)
