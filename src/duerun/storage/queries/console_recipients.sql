-- The newest rows that meet the criteria, of so many that are looked at; behind them the last one that was.
(
  SELECT id, created_at, true AS is_found FROM (
    SELECT s.id, s.created_at, s.state,
      %(pattern)s::text IS NULL OR concat_ws(chr(10), s.id, s.name, s.email, s.description, s.bank_account_name) ILIKE %(pattern)s AS holds
    FROM (
      SELECT id, created_at, name, email, description, bank_account_name, CASE WHEN failure_code IS NOT NULL THEN 'failed'
        WHEN verified_at IS NULL THEN 'unverified' WHEN activated_at IS NULL THEN 'inactive' ELSE 'active' END AS state
      FROM recipients
      WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND deleted_at IS NULL
        AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
      ORDER BY created_at DESC, id DESC
      LIMIT %(scanned_max)s
    ) AS s
  ) AS looked
  WHERE holds AND (%(state)s::text IS NULL OR state = %(state)s)
  ORDER BY created_at DESC, id DESC
  LIMIT %(rows_max)s
)
UNION ALL
(
  SELECT id, created_at, false
  FROM recipients
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND deleted_at IS NULL
    AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
  ORDER BY created_at DESC, id DESC
  OFFSET %(scanned_max)s - 1 LIMIT 1
)
