-- Dates whose first charge failed, the newest first: what other rules of retries are tried out on.
CREATE INDEX occurrences_failed_dates ON occurrences (account_id, livemode, processed_at)
  WHERE kind = 'charge' AND state = 'failed' AND attempt = 0;
