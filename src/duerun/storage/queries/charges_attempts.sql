SELECT c.id, (
    SELECT count(*) FROM charges e
    WHERE e.card_id = c.card_id AND e.schedule_id IS NULL AND (e.created_at, e.id) < (c.created_at, c.id)
  ) AS attempt
FROM charges c
WHERE c.id = ANY (%(ids)s) AND c.account_id = %(account_id)s AND c.livemode = %(livemode)s
