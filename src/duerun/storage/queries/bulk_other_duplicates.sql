-- Rows that fail for another reason, and whose schedule is there already: by their terms, as far as they are sound, or by their key.
UPDATE bulk_chunk c
SET other_errors = coalesce(c.other_errors, '[]') || coalesce((
    SELECT jsonb_build_array(jsonb_build_array('duplicate_schedule', 'Schedule already exists for customer: ' || s.id))
    FROM schedules s
    WHERE %(by_terms)s AND s.state = 'active' AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s
      AND s.terms_hash = c.terms_hash AND s.customer_id = c.customer_id AND s.amount_minor = c.amount_minor
      AND s.currency = c.currency AND s.every = c.every AND s.period = c.period AND s.on_text = c.on_text
      AND s.start_on <= coalesce(c.end_on, 'infinity') AND c.start_on <= coalesce(s.end_on, 'infinity')
    ORDER BY s.created_at LIMIT 1
  ), (
    SELECT jsonb_build_array(jsonb_build_array('duplicate_schedule', 'Schedule already exists for customer: ' || s.id))
    FROM schedules s
    WHERE %(by_key)s AND s.state = 'active' AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s
      AND s.customer_key = c.customer_key
    ORDER BY s.created_at LIMIT 1
  ), '[]')
WHERE c.error_code NOT IN ('duplicate_schedule', 'missing_customer_key', 'invalid_customer_key') AND btrim(c.customer_key) <> ''
