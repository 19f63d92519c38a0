UPDATE vop_chunks AS chunk
SET token = chunk.token + 1, holder = %(holder)s, lease_until = %(now)s + make_interval(secs => %(lease_seconds)s)
FROM (
  SELECT task_number, chunk_number FROM vop_chunks
  WHERE state = 'open' AND (lease_until IS NULL OR lease_until < %(now)s)
    AND (NOT %(only_small)s OR records <= %(small_records)s)
  ORDER BY chunk_number, task_number
  LIMIT 1
  FOR UPDATE SKIP LOCKED
) AS next
WHERE chunk.task_number = next.task_number AND chunk.chunk_number = next.chunk_number
RETURNING chunk.*
