-- Everything but the id stands in a CASE: stale statistics must not lead the planner away from the primary key.
UPDATE schedules s SET failed_dates = t.failed_dates
FROM unnest(%(ids)b::text[], %(failed_dates)b::integer[]) AS t (id, failed_dates)
WHERE s.id = t.id AND CASE WHEN s.account_id = %(account_id)s AND s.livemode = %(livemode)s THEN true END
