-- What stands where, each counted up to a limit by an index of its own.
SELECT
  (SELECT count(*) FROM (
    SELECT FROM (VALUES ('charge'), ('transfer')) AS k (kind) CROSS JOIN LATERAL (
      SELECT FROM occurrences o WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.kind = k.kind
        AND o.state = 'due' AND o.due_at <= %(now)s ORDER BY o.due_at LIMIT %(rows_max)s) AS one LIMIT %(rows_max)s) AS found) AS due,
  (SELECT count(*) FROM (
    SELECT FROM (VALUES ('charge'), ('transfer')) AS k (kind) CROSS JOIN LATERAL (
      SELECT FROM occurrences o WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.kind = k.kind
        AND o.state = 'due' AND o.due_at > %(now)s AND o.due_at < %(tomorrow)s ORDER BY o.due_at LIMIT %(rows_max)s) AS one LIMIT %(rows_max)s) AS found) AS later,
  (SELECT count(*) FROM (SELECT FROM occurrences
    WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'sent' LIMIT %(rows_max)s) AS found) AS running,
  (SELECT count(*) FROM (SELECT FROM occurrences
    WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'unknown' LIMIT %(rows_max)s) AS found) AS uncertain,
  (SELECT count(*) FROM (SELECT FROM occurrences
    WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'held' LIMIT %(rows_max)s) AS found) AS held,
  (SELECT count(*) FROM (SELECT FROM occurrences
    WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state = 'due' AND attempt > 0 LIMIT %(rows_max)s) AS found) AS retried,
  (SELECT count(*) FROM (SELECT FROM schedules
    WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND state <> 'active' AND state = 'suspended'
    LIMIT %(rows_max)s) AS found) AS suspended,
  (SELECT count(*) > 0 FROM (SELECT FROM schedules
    WHERE account_id = %(account_id)s AND livemode = %(livemode)s ORDER BY created_at LIMIT 1) AS found) AS has_schedules
