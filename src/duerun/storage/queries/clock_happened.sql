-- What was settled behind a moment, up to another one.
SELECT o.kind, o.state, s.currency, count(*) AS count, coalesce(sum(o.amount_minor), 0)::bigint AS amount_minor
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id
WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.processed_at > %(since)s AND o.processed_at <= %(until)s
GROUP BY o.kind, o.state, s.currency
ORDER BY o.kind, o.state, s.currency
