SELECT o.id, o.schedule_id, o.kind, o.scheduled_on, o.attempt, o.due_at, o.token, o.sends, o.released,
  coalesce(o.put_off_at_send = o.sends, false) AS is_put_off,
  extract(epoch FROM now() - o.sent_at)::float8 AS sent_seconds_ago,
  s.every, s.period, s.on_text, s.start_on, s.end_on, s.state AS schedule_state, s.paused_at IS NOT NULL AS paused,
  coalesce(d.skipped, false) AS skip_asked,
  s.failed_dates, s.currency, coalesce(o.amount_minor, d.amount_minor, s.amount_minor) AS amount_minor, s.description, s.metadata,
  s.capture, s.customer_id, cu.deleted_at IS NOT NULL AS customer_deleted,
  CASE WHEN o.attempt = 0 THEN (
    SELECT min(r.scheduled_on) FROM occurrences r
    WHERE r.schedule_id = o.schedule_id AND r.retry_on = coalesce(d.moved_to, o.scheduled_on)
      AND r.state NOT IN ('cancelled', 'skipped', 'held')
  ) END AS retry_of,
  ca.id AS card_id, ca.livemode AS card_livemode, ca.customer_id AS card_customer_id, ca.name AS card_name,
  ca.brand AS card_brand, ca.bank AS card_bank, ca.country AS card_country, ca.financing AS card_financing,
  ca.first_digits AS card_first_digits, ca.last_digits AS card_last_digits, ca.fingerprint AS card_fingerprint,
  ca.expiration_month AS card_expiration_month, ca.expiration_year AS card_expiration_year,
  ca.security_code_check AS card_security_code_check, ca.gateway_reference AS card_gateway_reference,
  ca.street1 AS card_street1, ca.street2 AS card_street2, ca.city AS card_city, ca.state AS card_state,
  ca.postal_code AS card_postal_code, ca.phone_number AS card_phone_number, ca.attached_at AS card_attached_at,
  ca.deleted_at AS card_deleted_at, ca.created_at AS card_created_at
FROM occurrences o
JOIN schedules s ON s.id = o.schedule_id
LEFT JOIN schedule_dates d ON d.schedule_id = o.schedule_id AND d.on_date = o.scheduled_on
JOIN customers cu ON cu.id = s.customer_id
LEFT JOIN cards ca ON ca.id = coalesce(o.card_id, CASE WHEN s.default_card THEN cu.default_card_id ELSE s.card_id END)
WHERE o.id = ANY (%(ids)b) AND o.account_id = %(account_id)s AND o.livemode = %(livemode)s
ORDER BY o.due_at, o.created_at, o.id
