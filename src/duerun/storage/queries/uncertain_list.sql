SELECT id, kind, amount_minor, currency, paid_for, sends, state, extract(epoch FROM now() - last_at)::float8 AS sent_seconds_ago
FROM (
  SELECT o.id, o.kind, o.amount_minor, s.currency, o.schedule_id || ' ' || o.scheduled_on AS paid_for, o.sends, o.state,
    o.sent_at AS last_at
  FROM occurrences o JOIN schedules s ON s.id = o.schedule_id
  WHERE o.account_id = %(account_id)s AND o.livemode = %(livemode)s AND o.state IN ('sent', 'unknown')
  UNION ALL
  SELECT id, 'charge', amount_minor, currency, coalesce(customer_id, card_id), sends, gateway_state, sent_at
  FROM charges WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND gateway_state <> 'settled'
  UNION ALL
  SELECT id, 'transfer', amount_minor, currency, recipient_id, sends, gateway_state, gateway_sent_at
  FROM transfers WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND gateway_state IN ('sent', 'unknown')
) AS open
ORDER BY last_at, id
LIMIT %(rows_max)s
