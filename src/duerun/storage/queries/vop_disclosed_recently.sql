SELECT COALESCE(sum(count), 0)::integer AS count FROM vop_disclosure_counts
WHERE asker = %(asker)b AND minute > %(since)s
