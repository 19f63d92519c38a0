SELECT bank_code, accounts FROM vop_banks WHERE accounts > 0 ORDER BY bank_code
