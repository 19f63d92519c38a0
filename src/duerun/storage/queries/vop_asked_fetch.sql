SELECT iban_hash, array_agg(name_hash) AS name_hashes FROM vop_asked
WHERE asker = %(asker)b AND asked_on = %(asked_on)s AND iban_hash = ANY(%(iban_hashes)s::bytea[])
GROUP BY iban_hash
