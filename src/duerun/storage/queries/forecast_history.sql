-- The outcomes of the newest charges of schedules, by the number of the attempt.
SELECT o.attempt, count(*) AS outcomes, count(*) FILTER (WHERE c.status = 'failed') AS failed
FROM (
  SELECT occurrence_id, status FROM charges
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND occurrence_id IS NOT NULL AND created_at >= %(since)s
    AND gateway_state = 'settled'
  ORDER BY created_at DESC
  LIMIT %(outcomes_max)s
) AS c
JOIN occurrences o ON o.id = c.occurrence_id
GROUP BY o.attempt
ORDER BY o.attempt
