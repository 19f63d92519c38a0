-- The rows are locked in the order of their ids, so that two readers of the same page cannot wait for each other.
UPDATE events e SET data = told.data
FROM unnest(%(ids)s::text[], %(data)s::text[]) AS told (id, data)
WHERE e.id = told.id AND e.account_id = %(account_id)s AND e.livemode = %(livemode)s
  AND e.id = ANY (ARRAY(
    SELECT id FROM events
    WHERE id = ANY (%(ids)s) AND account_id = %(account_id)s AND livemode = %(livemode)s AND data IS NULL
    ORDER BY id FOR UPDATE))
