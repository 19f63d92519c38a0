UPDATE gateway_requests r SET effect_id = e.id
FROM (
  SELECT DISTINCT ON (key) key, id FROM unnest(%(keys)s::text[], %(ids)s::text[]) WITH ORDINALITY AS t (key, id, place)
  ORDER BY key, place
) AS e
WHERE r.key = e.key AND r.effect_id IS NULL
