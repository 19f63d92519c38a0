SELECT CASE WHEN livemode THEN 'live' ELSE 'test' END AS label, count(*) AS count, NULL::float8 AS oldest_seconds
FROM (SELECT livemode FROM bulk_jobs WHERE state IN ('pending', 'processing') LIMIT %(rows_max)s) AS open
GROUP BY livemode
