SELECT readable_key FROM vop_hash_key
