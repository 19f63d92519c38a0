SELECT file_name, is_complete, accounts, added, changed, removed, loaded_at
FROM vop_loads ORDER BY number DESC LIMIT %(most)s
