CREATE INDEX ON vop_load (iban, remittance)
