INSERT INTO vop_banks (bank_code, accounts) SELECT bank_code, count(*) FROM vop_accounts GROUP BY bank_code
