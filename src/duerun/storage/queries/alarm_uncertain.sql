SELECT CASE WHEN livemode THEN 'live' ELSE 'test' END AS label, count(*) AS count,
  greatest(extract(epoch FROM now() - min(sent_at)), 0)::float8 AS oldest_seconds
FROM (SELECT livemode, sent_at FROM occurrences WHERE state IN ('sent', 'unknown') LIMIT %(rows_max)s) AS sent
GROUP BY livemode
