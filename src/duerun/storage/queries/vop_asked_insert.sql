INSERT INTO vop_asked (asker, asked_on, iban_hash, name_hash)
SELECT %(asker)b, %(asked_on)s, iban_hash, name_hash
FROM unnest(%(iban_hashes)s::bytea[], %(name_hashes)s::bytea[]) AS asked (iban_hash, name_hash)
ON CONFLICT DO NOTHING
