-- The oldest schedule that a row repeats; which rule found it does not matter to who reads the report.
UPDATE bulk_chunk c
SET error_message = 'Schedule already exists for customer' || coalesce(': ' || (
    SELECT s.id FROM schedules s
    WHERE s.state = 'active' AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.terms_hash = c.terms_hash
      AND s.customer_id = c.customer_id AND s.amount_minor = c.amount_minor AND s.currency = c.currency
      AND s.start_on <= coalesce(c.end_on, 'infinity') AND c.start_on <= coalesce(s.end_on, 'infinity')
    ORDER BY s.created_at LIMIT 1
  ), ': ' || (
    SELECT s.id FROM schedules s
    WHERE s.state = 'active' AND s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.customer_key = c.customer_key
    ORDER BY s.created_at LIMIT 1
  ), '')
WHERE c.error_code = 'duplicate_schedule' AND c.error_message IS NULL
