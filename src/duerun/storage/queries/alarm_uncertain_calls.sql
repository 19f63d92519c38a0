-- Charges and transfers that a caller asked for himself; those of occurrences are made once their outcome is known.
SELECT CASE WHEN livemode THEN 'live' ELSE 'test' END AS label, count(*) AS count,
  greatest(extract(epoch FROM now() - min(sent_at)), 0)::float8 AS oldest_seconds
FROM (
  (SELECT livemode, sent_at FROM charges WHERE gateway_state <> 'settled' LIMIT %(rows_max)s)
  UNION ALL
  (SELECT livemode, gateway_sent_at FROM transfers WHERE gateway_state IN ('sent', 'unknown') LIMIT %(rows_max)s)
) AS sent
GROUP BY livemode
