WITH happened AS (
  SELECT created_at AS moment, 'charged' AS what, amount_minor FROM charges
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND schedule_id IS NOT NULL AND status = 'successful'
  UNION ALL
  SELECT processed_at, 'retried', 0 FROM occurrences
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND attempt > 0 AND processed_at IS NOT NULL
  UNION ALL
  SELECT ended_at, 'suspended', 0 FROM schedules
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'suspended'
  UNION ALL
  SELECT created_at, 'transferred', amount_minor FROM transfers
  WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND schedule_id IS NOT NULL AND deleted_at IS NULL
    AND failed_at IS NULL
)
SELECT date_trunc('month', moment AT TIME ZONE %(timezone)s)::date AS month,
  count(*) FILTER (WHERE what = 'charged') AS charged,
  coalesce(sum(amount_minor) FILTER (WHERE what = 'charged'), 0)::bigint AS charged_minor,
  count(*) FILTER (WHERE what = 'retried') AS retried,
  count(*) FILTER (WHERE what = 'suspended') AS suspended,
  count(*) FILTER (WHERE what = 'transferred') AS transferred,
  coalesce(sum(amount_minor) FILTER (WHERE what = 'transferred'), 0)::bigint AS transferred_minor
FROM happened
GROUP BY 1
ORDER BY 1
