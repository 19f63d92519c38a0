COPY vop_load (iban, remittance, bank_code, digest, held) FROM STDIN (FORMAT BINARY)
