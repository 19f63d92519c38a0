SELECT hash_record_extended(ROW(k, a, c, g), 0)
FROM keys k
JOIN accounts a ON a.id = k.account_id
LEFT JOIN test_clocks c ON c.account_id = a.id
LEFT JOIN gateways g ON g.account_id = a.id AND g.livemode = k.livemode AND g.retired_at IS NULL
WHERE k.hash = %(caller_hash)s AND (k.expires_at IS NULL OR k.expires_at > %(caller_now)s)
