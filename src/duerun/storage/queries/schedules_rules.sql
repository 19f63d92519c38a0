-- Schedules that had dates in a time, whole pages of them, with the first attempts that are there.
SELECT s.id, s.kind, s.every, s.period, s.on_text, s.start_on, s.end_on, s.currency, s.amount_minor, s.percentage,
  ARRAY(
    SELECT o.scheduled_on FROM occurrences o
    WHERE o.schedule_id = s.id AND o.attempt = 0 AND o.scheduled_on BETWEEN %(first)s AND %(last)s) AS there
FROM schedules s
WHERE s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.state = 'active' AND s.paused_at IS NULL
  AND s.start_on <= %(last)s AND s.id > %(after)s
ORDER BY s.id
LIMIT %(rows_max)s
