-- In one order, so that two processes never wait for one another in a circle.
INSERT INTO counters AS c (name, label, count)
SELECT * FROM unnest(%(names)s::text[], %(labels)s::text[], %(counts)s::bigint[]) AS t (name, label, count) ORDER BY name, label
ON CONFLICT (name, label) DO UPDATE SET count = c.count + excluded.count
