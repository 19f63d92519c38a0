INSERT INTO schedule_dates (schedule_id, account_id, livemode, on_date, skipped, moved_to, moved_due_at, amount_minor)
VALUES (%(schedule_id)s, %(account_id)s, %(livemode)s, %(on_date)s, %(skipped)s, %(moved_to)s, %(moved_due_at)s,
  %(amount_minor)s)
ON CONFLICT (schedule_id, on_date) DO UPDATE SET skipped = excluded.skipped, moved_to = excluded.moved_to,
  moved_due_at = excluded.moved_due_at, amount_minor = excluded.amount_minor
