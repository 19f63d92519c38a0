UPDATE vop_accounts AS held SET digest = fresh.digest, held = fresh.held
FROM vop_load AS fresh
WHERE fresh.iban = held.iban AND fresh.remittance = held.remittance AND fresh.digest <> held.digest
