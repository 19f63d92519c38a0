CREATE UNIQUE INDEX ON vop_load (iban, remittance)
