SELECT state, count(*) AS count
FROM schedules
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state IN ('suspended', 'expired')
  AND ended_at > %(since)s AND ended_at <= %(until)s
GROUP BY state
