CREATE TEMPORARY TABLE IF NOT EXISTS bulk_chunk (
  row_number integer NOT NULL,
  customer_key text NOT NULL,
  customer_id text NOT NULL,
  terms_hash bigint,
  start_on date,
  end_on date,
  card_id text,
  default_card boolean NOT NULL,
  token_id text,
  error_code text,
  error_message text
) ON COMMIT DELETE ROWS
