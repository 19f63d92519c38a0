INSERT INTO vop_accounts (iban, remittance, bank_code, digest, held)
SELECT iban, remittance, bank_code, digest, held FROM vop_load
ON CONFLICT (iban, remittance) DO NOTHING
