SELECT id FROM accounts WHERE id = %(account_id)s FOR NO KEY UPDATE
