UPDATE vop_chunks SET lease_until = NULL, holder = NULL
WHERE state = 'open' AND lease_until IS NOT NULL AND (%(holder)s::text IS NULL OR holder = %(holder)s)
