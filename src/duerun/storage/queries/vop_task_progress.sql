UPDATE vop_tasks SET
  chunks_done = chunks_done + 1,
  matched = matched + %(matched)s,
  close = close + %(close)s,
  unmatched = unmatched + %(unmatched)s,
  not_applicable = not_applicable + %(not_applicable)s,
  faulty = faulty + %(faulty)s,
  status = CASE WHEN chunks_done + 1 = chunks THEN 'PROCESSED' ELSE 'IN_PROGRESS' END,
  ended_at = CASE WHEN chunks_done + 1 = chunks THEN %(now)s::timestamptz END
WHERE number = %(task_number)s AND status IN ('NOT_STARTED', 'IN_PROGRESS')
RETURNING *
