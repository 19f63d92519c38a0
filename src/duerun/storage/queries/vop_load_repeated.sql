SELECT iban FROM vop_load GROUP BY iban, remittance HAVING count(*) > 1 LIMIT 1
