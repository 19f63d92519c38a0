INSERT INTO recipients (id, account_id, livemode, name, type, email, description, tax_id, metadata, bank_brand, bank_code,
  branch_code, bank_account_type, bank_account_number, bank_account_name, bank_account_created_at, is_default, verified_at,
  activated_at, failure_code, deleted_at, created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(name)s, %(type)s, %(email)s, %(description)s, %(tax_id)s, %(metadata)s,
  %(bank_brand)s, %(bank_code)s, %(branch_code)s, %(bank_account_type)s, %(bank_account_number)s, %(bank_account_name)s,
  %(bank_account_created_at)s, %(is_default)s, %(verified_at)s, %(activated_at)s, %(failure_code)s, %(deleted_at)s,
  %(created_at)s)
