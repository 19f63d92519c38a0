WITH good AS (
  SELECT *, CASE WHEN recipient_id IS NULL THEN 'charge' ELSE 'transfer' END AS kind, %(id_head)s || substr(id_tails, 1, 19) AS id_end,
    %(id_head)s || substr(id_tails, 1, 8) AS id_start,
    %(created_at)s::timestamptz + row_number * interval '1 microsecond' AS created_at
  FROM bulk_chunk
  WHERE error_code IS NULL
  ORDER BY row_number
), made AS (
  INSERT INTO schedules (id, account_id, livemode, kind, terms_id, every, period, on_text, start_on, end_on, customer_id,
    card_id, default_card, recipient_id, amount_minor, percentage, currency, description, metadata, customer_key, bulk_job_id,
    terms_hash, created_at)
  SELECT 'schd' || id_end, %(account_id)s, %(livemode)s, kind, CASE WHEN kind = 'charge' THEN 'rchg' ELSE 'rtrf' END || id_start
      || substr(id_tails, 20, 11), every, period, on_text, start_on, end_on, nullif(customer_id, ''), card_id, default_card,
    recipient_id, amount_minor, percentage, currency, description, coalesce(metadata, '{}'), customer_key, %(job_id)s, terms_hash,
    created_at
  FROM good
), planned AS (
  INSERT INTO occurrences (id, account_id, livemode, schedule_id, kind, scheduled_on, due_at, created_at)
  SELECT 'occu' || %(id_head)s || lpad(((first_on - date '1970-01-01') %% 100000)::text, 5, '0')
      || translate(lower(left(encode(sha256(convert_to('schd' || id_end || ' ' || (first_on - date '1970-01-01') || ' 0', 'UTF8')),
        'base64'), 14)), '+/', '01'), %(account_id)s, %(livemode)s, 'schd' || id_end, kind, first_on,
    due_at, created_at
  FROM good
), told AS (
  INSERT INTO events (id, account_id, livemode, key, object_id, api_version, created_at)
  SELECT 'evnt' || id_start || substr(id_tails, 42, 11), %(account_id)s, %(livemode)s, 'schedule.create', 'schd' || id_end,
    %(api_version)s, created_at
  FROM good
), failed AS (
  INSERT INTO bulk_failures (job_number, row_number, error_code, error_message)
  SELECT %(number)s, row_number, error_code, error_message
  FROM bulk_chunk WHERE error_code IS NOT NULL
  RETURNING 1
)
SELECT count(*) AS failed_rows FROM failed
