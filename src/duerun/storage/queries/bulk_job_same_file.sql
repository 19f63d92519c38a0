-- A job of which a schedule has ended cannot stand for the file any more. The lock lets two uploads of one file that arrive together make one job.
SELECT j.id
FROM (SELECT pg_advisory_xact_lock(hashtextextended('duerun file ' || encode(%(digest)s, 'hex') || %(account_id)s, 0))) AS locked
JOIN bulk_jobs j ON true
WHERE j.account_id = %(account_id)s AND j.livemode = %(livemode)s AND j.content_digest = %(digest)s AND j.number <> %(number)s
  AND NOT j.dry_run AND j.created_at > %(after)s
  AND (j.state IN ('awaiting_approval', 'pending', 'processing', 'paused') OR (j.state = 'completed' AND j.failed_rows = 0 AND j.completed_at > %(completed_after)s))
  AND NOT EXISTS (
    SELECT FROM bulk_rows r
    JOIN schedules s ON s.id = 'schd' || j.id_head || substr(r.id_tails, 1, 19)
    WHERE r.job_number = j.number AND s.state <> 'active')
ORDER BY j.number DESC
LIMIT 1
