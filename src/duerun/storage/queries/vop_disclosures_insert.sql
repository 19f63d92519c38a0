INSERT INTO vop_disclosures (client_number, end_user, iban_hash, reason, disclosed_at)
SELECT %(client_number)s, %(end_user)s, iban_hash, reason, %(now)s
FROM unnest(%(iban_hashes)s::bytea[], %(reasons)s::text[]) AS shown (iban_hash, reason)
