DELETE FROM vop_disclosure_counts WHERE minute < %(before)s
