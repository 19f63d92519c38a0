-- The dates and the first processed occurrences of a schedule; it is read beside each row of `listed`.
SELECT
  run.planned_through,
  run.open_dates,
  (SELECT jsonb_agg(jsonb_build_object('on_date', d.on_date, 'skipped', d.skipped, 'moved_to', d.moved_to,
      'amount_minor', d.amount_minor) ORDER BY d.on_date)
    FROM schedule_dates d WHERE d.schedule_id = listed.id) AS changes,
  run.occurrences_total,
  CASE WHEN run.occurrences_total > 0 THEN
    (SELECT jsonb_agg(jsonb_build_array(p.id, p.scheduled_on, p.retry_on, p.state, p.message, p.result_id, p.amount_minor,
        p.processed_at, p.created_at) ORDER BY p.created_at, p.id)
      FROM (
        SELECT o.id, o.scheduled_on, o.retry_on, o.state, o.message, o.result_id, o.amount_minor, o.processed_at, o.created_at
        FROM occurrences o
        WHERE o.schedule_id = listed.id AND o.state IN ('successful', 'failed', 'skipped')
        ORDER BY o.created_at, o.id
        LIMIT %(occurrences_max)s
      ) AS p)
  END AS processed
FROM (
  SELECT max(o.scheduled_on) AS planned_through,
    array_agg(DISTINCT o.scheduled_on) FILTER (WHERE o.state IN ('due', 'held', 'sent', 'unknown')) AS open_dates,
    count(*) FILTER (WHERE o.state IN ('successful', 'failed', 'skipped')) AS occurrences_total
  FROM occurrences o WHERE o.schedule_id = listed.id
) AS run
