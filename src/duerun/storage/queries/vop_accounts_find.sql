SELECT iban, held FROM vop_accounts WHERE iban = ANY(%(ibans)s)
