INSERT INTO vop_tasks (task_id, client_number, status, end_user, language, created_at, deadline_at)
VALUES (%(task_id)s, %(client_number)s, 'RECEIVING', %(end_user)s, %(language)s, %(now)s, %(deadline_at)s)
RETURNING *
