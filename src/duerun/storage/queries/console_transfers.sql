-- The newest rows that meet the criteria, of so many that are looked at; behind them the last one that was.
(
  SELECT id, created_at, true AS is_found FROM (
    SELECT s.id, s.created_at, s.state,
      %(pattern)s::text IS NULL OR concat_ws(chr(10), s.id, s.recipient_id, s.schedule_id, s.failure_code, r.name) ILIKE %(pattern)s AS holds
    FROM (
      SELECT id, created_at, recipient_id, schedule_id, failure_code, CASE WHEN failed_at IS NOT NULL THEN 'failed'
        WHEN paid_at IS NOT NULL THEN 'paid' WHEN sent_at IS NOT NULL THEN 'sent' ELSE 'pending' END AS state
      FROM transfers
      WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND deleted_at IS NULL
        AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
      ORDER BY created_at DESC, id DESC
      LIMIT %(scanned_max)s
    ) AS s
    LEFT JOIN recipients r ON %(pattern)s::text IS NOT NULL AND r.id = s.recipient_id AND r.account_id = %(account_id)s
      AND r.livemode = %(livemode)s
  ) AS looked
  WHERE holds AND (%(state)s::text IS NULL OR state = %(state)s)
  ORDER BY created_at DESC, id DESC
  LIMIT %(rows_max)s
)
UNION ALL
(
  SELECT id, created_at, false
  FROM transfers
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND deleted_at IS NULL
    AND (created_at, id) < (%(before_at)s::timestamptz, %(before_id)s::object_id)
  ORDER BY created_at DESC, id DESC
  OFFSET %(scanned_max)s - 1 LIMIT 1
)
