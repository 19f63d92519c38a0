SELECT last_four FROM keys WHERE form = %(form)s
