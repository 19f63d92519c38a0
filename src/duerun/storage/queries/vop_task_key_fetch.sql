SELECT key.digest, task.task_id
FROM vop_task_keys AS key JOIN vop_tasks AS task ON task.number = key.task_number
WHERE key.client_number = %(client_number)s AND key.key_hash = %(key_hash)b
