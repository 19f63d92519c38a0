SELECT EXISTS (
  SELECT FROM vop_chunks WHERE state = 'open' AND records > %(small_records)s
) OR EXISTS (SELECT FROM vop_tasks WHERE status = 'RECEIVING' AND created_at > %(since)s) AS waits
