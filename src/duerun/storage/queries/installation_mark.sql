UPDATE installation SET mark = %(mark)s
