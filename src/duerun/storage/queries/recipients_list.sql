SELECT id, livemode, name, type, email, description, tax_id, metadata, bank_brand, bank_code, branch_code,
  bank_account_type, bank_account_number, bank_account_name, bank_account_created_at, is_default, verified_at, activated_at,
  failure_code, deleted_at, created_at
FROM recipients
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND deleted_at IS NULL
