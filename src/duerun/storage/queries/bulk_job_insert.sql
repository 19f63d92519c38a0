INSERT INTO bulk_jobs (id, account_id, livemode, state, name, id_head, header, columns, line_end, api_version,
  created_at, updated_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, 'pending', %(name)s, %(id_head)s, %(header)s, %(columns)s, %(line_end)s,
  %(api_version)s, %(now)s, %(now)s)
RETURNING number
