INSERT INTO vop_notices (task_number, first_at, next_at)
SELECT task.number, %(now)s, %(now)s
FROM vop_tasks AS task JOIN vop_clients AS client ON client.number = task.client_number
WHERE task.number = %(task_number)s AND client.webhook_uri IS NOT NULL
ON CONFLICT (task_number) DO NOTHING
