DELETE FROM console_tries WHERE subject = %(subject)s
