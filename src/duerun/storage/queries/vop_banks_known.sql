SELECT bank_code FROM vop_banks WHERE accounts > 0
