-- One account in one mode sees its own lines and those that count in both modes; without an account, all of the server.
SELECT e.number, e.account_id, e.livemode, e.actor, e.action, e.subject, e.details, e.happened_at, e.previous_hash, e.hash,
  a.public_id AS account
FROM audit_entries e
LEFT JOIN accounts a ON a.id = e.account_id
WHERE e.number < %(before)s
  AND (%(account_id)s::bigint IS NULL OR e.account_id = %(account_id)s)
  AND (%(livemode)s::boolean IS NULL OR e.livemode IS NULL OR e.livemode = %(livemode)s)
  AND (%(actor)s::text IS NULL OR position(lower(%(actor)s) IN lower(e.actor)) > 0)
  AND (%(area)s::text IS NULL OR split_part(e.action, '.', 1) = %(area)s)
  AND (%(since)s::timestamptz IS NULL OR e.happened_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR e.happened_at < %(until)s)
ORDER BY e.number DESC
LIMIT %(rows_max)s
