INSERT INTO list_blocks (list, account_id, livemode, since, until)
SELECT %(list)s, %(account_id)s, %(livemode)s, edge, lead(edge) OVER (ORDER BY edge)
FROM unnest(%(edges)s::timestamptz[]) AS edge
ORDER BY edge
LIMIT cardinality(%(edges)s::timestamptz[]) - 1
