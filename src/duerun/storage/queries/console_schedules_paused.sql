-- The newest rows that meet the criteria, of so many that are looked at; behind them the last one that was.
(
  SELECT id, created_at, true AS is_found FROM (
    SELECT s.id, s.created_at, s.kind, s.state, s.paused_at,
      %(pattern)s::text IS NULL OR concat_ws(chr(10), s.id, s.description, s.customer_key, s.customer_id, s.recipient_id, u.email, u.description, r.name) ILIKE %(pattern)s
        AS holds
    FROM (
      SELECT id, created_at, kind, state, paused_at, description, customer_key, customer_id, recipient_id
      FROM schedules
      WHERE account_id = %(account_id)s AND livemode = %(livemode)s
        AND state = 'active' AND paused_at IS NOT NULL
        AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
      ORDER BY created_at DESC, id DESC
      LIMIT %(scanned_max)s
    ) AS s
    LEFT JOIN customers u ON %(pattern)s::text IS NOT NULL AND u.id = s.customer_id AND u.account_id = %(account_id)s
      AND u.livemode = %(livemode)s
    LEFT JOIN recipients r ON %(pattern)s::text IS NOT NULL AND r.id = s.recipient_id AND r.account_id = %(account_id)s
      AND r.livemode = %(livemode)s
  ) AS looked
  WHERE holds AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  ORDER BY created_at DESC, id DESC
  LIMIT %(rows_max)s
)
UNION ALL
(
  SELECT id, created_at, false
  FROM schedules
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s
        AND state = 'active' AND paused_at IS NOT NULL
    AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
  ORDER BY created_at DESC, id DESC
  OFFSET %(scanned_max)s - 1 LIMIT 1
)
