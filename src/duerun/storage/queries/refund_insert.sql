INSERT INTO refunds (id, account_id, livemode, charge_id, amount_minor, currency, voided, metadata, transaction_id,
  created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(charge_id)s, %(amount_minor)s, %(currency)s, %(voided)s, %(metadata)s,
  %(transaction_id)s, %(created_at)s)
