-- Each step counts once, whoever else tries it at the same moment.
UPDATE console_users SET code_step = %(step)s WHERE id = %(user_id)s AND code_step < %(step)s
