SELECT r.account_id, a.public_id, a.email, r.role
FROM console_roles r JOIN accounts a ON a.id = r.account_id
WHERE r.user_id = %(user_id)s
ORDER BY r.account_id
