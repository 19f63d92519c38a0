INSERT INTO gateways (account_id, livemode, url, token, terms)
VALUES (%(account_id)s, %(livemode)s, %(url)s, %(token)s, %(terms)s)
