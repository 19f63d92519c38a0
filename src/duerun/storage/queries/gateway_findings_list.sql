SELECT f.id, f.gateway, f.kind, f.key, f.effect_id, f.reference, f.amount_minor, f.currency, f.first_seen_at,
  f.resolved_at, f.acknowledged_at, f.note
FROM gateway_findings f
WHERE %(is_all)s OR (f.resolved_at IS NULL AND f.acknowledged_at IS NULL)
ORDER BY f.id DESC
LIMIT %(rows_max)s
