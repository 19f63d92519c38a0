UPDATE gateways SET token = %(token)s, terms = %(terms)s WHERE number = %(number)s
