SELECT CASE WHEN livemode THEN 'live' ELSE 'test' END AS label, count(*) AS count, NULL::float8 AS oldest_seconds
FROM (SELECT livemode FROM occurrences WHERE state = 'held' LIMIT %(rows_max)s) AS held
GROUP BY livemode
