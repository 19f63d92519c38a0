-- The newest rows that meet the criteria, of so many that are looked at; behind them the last one that was.
(
  SELECT id, created_at, true AS is_found FROM (
    SELECT s.id, s.created_at, s.status,
      %(pattern)s::text IS NULL OR concat_ws(chr(10), s.id, s.description, s.customer_id, s.schedule_id, s.failure_code, u.email, u.description) ILIKE %(pattern)s AS holds
    FROM (
      SELECT id, created_at, status, description, customer_id, schedule_id, failure_code
      FROM charges
      WHERE account_id = %(account_id)s AND livemode = %(livemode)s
        AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
      ORDER BY created_at DESC, id DESC
      LIMIT %(scanned_max)s
    ) AS s
    LEFT JOIN customers u ON %(pattern)s::text IS NOT NULL AND u.id = s.customer_id AND u.account_id = %(account_id)s
      AND u.livemode = %(livemode)s
  ) AS looked
  WHERE holds AND (%(state)s::text IS NULL OR status = %(state)s)
  ORDER BY created_at DESC, id DESC
  LIMIT %(rows_max)s
)
UNION ALL
(
  SELECT id, created_at, false
  FROM charges
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s
    AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
  ORDER BY created_at DESC, id DESC
  OFFSET %(scanned_max)s - 1 LIMIT 1
)
