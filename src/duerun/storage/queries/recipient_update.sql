UPDATE recipients
SET name = %(name)s, type = %(type)s, email = %(email)s, description = %(description)s, tax_id = %(tax_id)s,
  metadata = %(metadata)s, bank_brand = %(bank_brand)s, bank_code = %(bank_code)s, branch_code = %(branch_code)s,
  bank_account_type = %(bank_account_type)s, bank_account_number = %(bank_account_number)s,
  bank_account_name = %(bank_account_name)s, bank_account_created_at = %(bank_account_created_at)s,
  verified_at = %(verified_at)s, activated_at = %(activated_at)s, failure_code = %(failure_code)s,
  deleted_at = %(deleted_at)s
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
