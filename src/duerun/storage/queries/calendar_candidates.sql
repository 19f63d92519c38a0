-- The next active schedules that may run on a day: by their rule, by a moved date, or because their next date is planned on it.
SELECT s.id FROM schedules s
WHERE s.id > %(after)s AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.state = 'active'
  AND (
    CASE s.period
      WHEN 'month' THEN %(day_of_month)s = ANY (string_to_array(s.on_text, ';')) OR s.on_text LIKE %(weekday_of_month)s
      WHEN 'week' THEN %(weekday)s = ANY (string_to_array(s.on_text, ';'))
      ELSE (%(day)s::date - s.start_on) %% s.every = 0
    END
    OR EXISTS (SELECT FROM schedule_dates d WHERE d.schedule_id = s.id AND d.moved_to = %(day)s)
    OR (%(is_today)s AND EXISTS (
      SELECT FROM occurrences o WHERE o.schedule_id = s.id AND o.state = 'due' AND o.attempt = 0 AND o.due_at < %(until)s))
  )
ORDER BY s.id
LIMIT %(rows_max)s
