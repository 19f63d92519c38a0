INSERT INTO vop_task_keys (client_number, key_hash, digest, task_number, created_at)
VALUES (%(client_number)s, %(key_hash)b, %(digest)b, %(task_number)s, %(now)s)
ON CONFLICT (client_number, key_hash) DO NOTHING
