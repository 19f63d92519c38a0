INSERT INTO gateway_findings (gateway, kind, key, effect_id, reference, amount_minor, currency, account_id, livemode)
SELECT %(gateway)s, t.kind, t.key, t.effect_id, t.reference, t.amount_minor, t.currency, t.account_id, t.livemode
FROM unnest(%(kinds)s::text[], %(keys)s::text[], %(effect_ids)s::text[], %(reference_texts)s::text[], %(amounts)s::bigint[],
  %(currencies)s::text[], %(account_ids)s::bigint[], %(livemodes)s::boolean[])
  AS t (kind, key, effect_id, reference, amount_minor, currency, account_id, livemode)
ON CONFLICT (gateway, kind, key, effect_id) DO NOTHING
RETURNING kind, key, effect_id
