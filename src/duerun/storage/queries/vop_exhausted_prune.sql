DELETE FROM vop_exhausted WHERE asked_on < %(before)s
