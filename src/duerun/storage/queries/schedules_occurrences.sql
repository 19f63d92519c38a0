SELECT * FROM (
  SELECT o.id, o.livemode, o.schedule_id, o.kind, o.scheduled_on, o.retry_on, o.state, o.message, o.result_id, o.amount_minor,
    o.processed_at, o.created_at, count(*) OVER of_schedule AS occurrences_total,
    row_number() OVER (of_schedule ORDER BY o.created_at, o.id) AS place
  FROM occurrences o
  WHERE o.schedule_id = ANY (%(ids)s) AND o.account_id = %(account_id)s AND o.livemode = %(livemode)s
    AND o.state IN ('successful', 'failed', 'skipped')
  WINDOW of_schedule AS (PARTITION BY o.schedule_id)
) AS placed
WHERE place <= %(occurrences_max)s
ORDER BY schedule_id, place
