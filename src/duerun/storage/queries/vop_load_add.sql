INSERT INTO vop_accounts (iban, remittance, bank_code, digest, held)
SELECT iban, remittance, bank_code, digest, held FROM vop_load AS fresh
WHERE NOT EXISTS (
  SELECT FROM vop_accounts AS held WHERE held.iban = fresh.iban AND held.remittance = fresh.remittance
)
