SELECT id, livemode, charge_id, amount_minor, currency, voided, transaction_id, created_at, metadata
FROM refunds
WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s
