SELECT id, livemode, charge_id, amount_minor, currency, voided, transaction_id, created_at, metadata
FROM refunds
WHERE account_id = %(account_id)s AND livemode = %(livemode)s
  AND (%(charge_id)s::text IS NULL OR charge_id = %(charge_id)s)
