UPDATE bulk_jobs SET state = %(state)s, updated_at = %(now)s, approved_by = coalesce(%(approved_by)s, approved_by),
  completed_at = CASE WHEN %(state)s IN ('completed', 'cancelled') THEN %(now)s::timestamptz END
WHERE number = %(number)s AND account_id = %(account_id)s AND livemode = %(livemode)s
