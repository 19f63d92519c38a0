SELECT kind, (
    SELECT min(o.due_at) FROM occurrences o
    WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.kind = k.kind AND o.state = 'due'
  ) AS due_at
FROM (VALUES ('transfer'), ('charge')) AS k (kind)
