UPDATE schedules s SET failed_dates = t.failed_dates
FROM unnest(%(ids)s::text[], %(failed_dates)s::integer[]) AS t (id, failed_dates)
WHERE s.id = t.id AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s
