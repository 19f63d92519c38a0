INSERT INTO bulk_chunk (row_number, customer_key, customer_id, terms_hash, start_on, end_on, card_id, default_card, token_id,
  error_code, error_message, id_tails, amount_minor, currency, description, every, period, on_text, first_on, due_at, percentage, metadata,
  recipient_id, other_errors)
SELECT r.row_number, r.customer_key, r.customer_id, r.terms_hash, r.start_on, r.end_on, coalesce(ca.id, tc.id), r.card = '' AND r.recipient_id IS NULL,
  t.id,
  CASE
    WHEN r.error_rank = 1 THEN r.error_code
    WHEN l.code IS NOT NULL THEN l.code
    WHEN r.error_rank > 1 THEN r.error_code
    WHEN %(by_terms)s AND EXISTS (
      SELECT FROM schedules s
      WHERE s.terms_hash = r.terms_hash AND s.state = 'active' AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s
        AND s.customer_id = r.customer_id AND s.amount_minor = r.amount_minor AND s.currency = r.currency
        AND s.every = r.every AND s.period = r.period AND s.on_text = r.on_text
        AND s.start_on <= coalesce(r.end_on, 'infinity') AND r.start_on <= coalesce(s.end_on, 'infinity')
    ) THEN 'duplicate_schedule'
    WHEN %(by_key)s AND EXISTS (
      SELECT FROM schedules s
      WHERE s.customer_key = r.customer_key AND s.state = 'active' AND s.account_id = %(account_id)s
        AND s.livemode = %(livemode)s
    ) THEN 'duplicate_schedule'
  END,
  CASE WHEN r.error_rank = 1 OR l.code IS NULL THEN r.error_message END, r.id_tails, r.amount_minor, r.currency, r.description, r.every, r.period, r.on_text, r.first_on, r.due_at,
  r.percentage, r.metadata, r.recipient_id,
  CASE WHEN %(in_full)s AND (r.error_rank > 0 OR l.code IS NOT NULL) THEN
    CASE WHEN r.error_rank = 1 AND l.code IS NOT NULL THEN jsonb_build_array(jsonb_build_array(l.code, NULL)) ELSE '[]' END
    || CASE WHEN r.error_rank > 1 AND l.code IS NOT NULL
      THEN jsonb_build_array(jsonb_build_array(r.error_code, r.error_message)) ELSE '[]' END
    || coalesce(r.other_errors, '[]')
  END
FROM bulk_rows r
LEFT JOIN customers cu ON cu.id = r.customer_id AND cu.account_id = %(account_id)s AND cu.livemode = %(livemode)s
  AND cu.deleted_at IS NULL
LEFT JOIN cards ca ON ca.id = CASE WHEN r.card = '' THEN cu.default_card_id ELSE r.card END AND ca.customer_id = cu.id
  AND ca.deleted_at IS NULL
  AND (ca.expiration_year, ca.expiration_month) >= (extract(year FROM %(today)s::date), extract(month FROM %(today)s::date))
LEFT JOIN tokens t ON r.card LIKE 'tokn!_%%' ESCAPE '!' AND t.id = r.card AND t.account_id = %(account_id)s
  AND t.livemode = %(livemode)s AND t.used_at IS NULL
LEFT JOIN cards tc ON tc.id = t.card_id
LEFT JOIN recipients rc ON rc.id = r.recipient_id AND rc.account_id = %(account_id)s AND rc.livemode = %(livemode)s
  AND rc.deleted_at IS NULL
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN r.recipient_id IS NOT NULL THEN CASE WHEN rc.id IS NULL THEN 'invalid_recipient' END
    WHEN cu.id IS NULL THEN 'invalid_customer'
    WHEN cu.default_card_id IS NULL AND t.id IS NULL THEN 'no_card_attached'
    WHEN ca.id IS NULL AND t.id IS NULL THEN 'invalid_card'
  END AS code
) AS l
WHERE r.job_number = %(number)s AND r.row_number > %(after)s AND r.row_number <= %(through)s
