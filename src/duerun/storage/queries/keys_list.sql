SELECT a.public_id, k.livemode, k.kind, k.last_four, k.created_at, k.expires_at, k.used_at
FROM keys k JOIN accounts a ON a.id = k.account_id
ORDER BY a.id, k.livemode, k.kind, k.created_at
