INSERT INTO vop_loads (file_name, is_complete, accounts, added, changed, removed, loaded_at)
VALUES (%(file_name)s, %(is_complete)s, %(accounts)s, %(added)s, %(changed)s, %(removed)s, %(now)s)
