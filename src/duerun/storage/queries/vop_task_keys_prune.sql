DELETE FROM vop_task_keys WHERE created_at < %(before)s
