-- The newest rows that meet the criteria, of so many that are looked at; behind them the last one that was.
(
  SELECT id, created_at, true AS is_found FROM (
    SELECT s.id, s.created_at,
      %(pattern)s::text IS NULL OR concat_ws(chr(10), s.id, s.email, s.description) ILIKE %(pattern)s AS holds
    FROM (
      SELECT id, created_at, email, description
      FROM customers
      WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND deleted_at IS NULL
        AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
      ORDER BY created_at DESC, id DESC
      LIMIT %(scanned_max)s
    ) AS s
  ) AS looked
  WHERE holds
  ORDER BY created_at DESC, id DESC
  LIMIT %(rows_max)s
)
UNION ALL
(
  SELECT id, created_at, false
  FROM customers
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND deleted_at IS NULL
    AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
  ORDER BY created_at DESC, id DESC
  OFFSET %(scanned_max)s - 1 LIMIT 1
)
