INSERT INTO loop_beats (loop, process, started_at, good_at, failures, beat_at)
SELECT loop, %(process)s, %(started_at)s, good_at, failures, %(now)s
FROM unnest(%(loops)s::text[], %(good_at)s::timestamptz[], %(failures)s::integer[]) AS t (loop, good_at, failures)
ON CONFLICT (loop, process) DO UPDATE
SET good_at = excluded.good_at, failures = excluded.failures, beat_at = excluded.beat_at
