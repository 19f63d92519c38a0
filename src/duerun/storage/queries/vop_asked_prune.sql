DELETE FROM vop_asked WHERE ctid IN (SELECT ctid FROM vop_asked WHERE asked_on < %(before)s LIMIT %(rows_max)s)
