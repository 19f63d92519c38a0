UPDATE console_tries SET tries = greatest(tries - 1, 0) WHERE subject = %(subject)s
