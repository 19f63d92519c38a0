-- A new schedule, its first occurrence, and the event that tells of it; nothing at all where the condition that takes
-- the place of `is_known` does not hold.
WITH known AS (
  SELECT WHERE %(is_known)s
), made AS (
  INSERT INTO schedules (id, account_id, livemode, kind, terms_id, every, period, on_text, start_on, end_on, customer_id,
    card_id, default_card, recipient_id, amount_minor, percentage, currency, description, metadata, capture, terms_hash,
    created_at)
  SELECT %(id)s, %(account_id)s::smallint, %(livemode)s::boolean, %(kind)s, %(terms_id)s, %(every)s::integer, %(period)s,
    %(on_text)s, %(start_on)s::date, %(end_on)s::date, %(customer_id)s, %(card_id)s, %(default_card)s::boolean,
    %(recipient_id)s, %(amount_minor)s::bigint, %(percentage)s::numeric, %(currency)s, %(description)s,
    %(metadata)s::jsonb, %(capture)s::boolean, %(terms_hash)s::bigint, %(now)s::timestamptz
  FROM known
), planned AS (
  INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
  SELECT %(occurrence_id)s, %(account_id)s::smallint, %(livemode)s::boolean, %(id)s, %(kind)s, %(scheduled_on)s::date,
    %(due_at)s::timestamptz, %(planned_at)s::timestamptz
  FROM known, set_config('duerun.account_clock', %(now)s::timestamptz::text, true)
)
SELECT event_write(%(event_id)s, %(account_id)s, %(livemode)s, %(event_key)s, %(id)s, %(event_data)s, %(event_bare)s,
  %(api_version)s, %(event_at)s, %(uri)s) AS problem
FROM known
