SELECT iban_hash FROM vop_exhausted
WHERE asker = %(asker)b AND asked_on = %(asked_on)s
LIMIT %(rows_max)s
