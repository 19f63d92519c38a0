SELECT coalesce(advancing_until > now(), false) AS is_held
FROM test_clocks
WHERE account_id = %(account_id)s
