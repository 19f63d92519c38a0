SELECT * FROM (
  SELECT c.*, count(*) OVER of_customer AS cards_total,
    row_number() OVER (of_customer ORDER BY c.attached_at, c.id) AS place
  FROM cards c
  WHERE c.customer_id = ANY (%(customer_ids)s) AND c.account_id = %(account_id)s AND c.livemode = %(livemode)s
    AND c.deleted_at IS NULL
  WINDOW of_customer AS (PARTITION BY c.customer_id)
) AS placed
WHERE place <= %(cards_max)s
ORDER BY customer_id, place
