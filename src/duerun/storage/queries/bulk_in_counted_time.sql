-- Whether rows of a job fall into time that lists have counted in blocks, or are about to: halves of a chunk would wait
-- for one another there.
SELECT EXISTS (
  SELECT FROM list_blocks
  WHERE list IN ('events', 'schedules', 'charge_schedules', 'transfer_schedules') AND account_id = %(account_id)s
    AND livemode = %(livemode)s AND until > %(created_at)s
) AS is_counted
