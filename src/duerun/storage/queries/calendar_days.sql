-- What was settled on each day of the account's zone, by currency, kind and state.
SELECT (o.processed_at AT TIME ZONE %(timezone)s)::date AS day, s.currency, o.kind, o.state, count(*) AS count,
  coalesce(sum(o.amount_minor), 0)::bigint AS amount_minor
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id
WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s
  AND o.processed_at >= %(since)s AND o.processed_at < %(until)s
GROUP BY 1, 2, 3, 4
