COPY vop_load (iban, remittance, bank_code, digest, held, file, line) FROM STDIN (FORMAT BINARY)
