INSERT INTO vop_peers (bic, entry)
SELECT bic, entry FROM unnest(%(bics)s::text[], %(entries)s::text[]) AS peer (bic, entry)
