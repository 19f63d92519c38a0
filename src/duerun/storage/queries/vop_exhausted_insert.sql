INSERT INTO vop_exhausted (asker, asked_on, iban_hash)
SELECT %(asker)b, %(asked_on)s, iban_hash FROM unnest(%(iban_hashes)s::bytea[]) AS full_account (iban_hash)
ON CONFLICT DO NOTHING
