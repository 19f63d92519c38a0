UPDATE bulk_jobs SET total_rows = %(total_rows)s, line_end = %(line_end)s, content_digest = %(digest)s,
  amount_minor = %(amount_minor)s, open_transfers = %(open_transfers)s, dry_run = %(dry_run)s, uploaded_by = %(uploaded_by)s, state = %(state)s
WHERE number = %(number)s AND account_id = %(account_id)s AND livemode = %(livemode)s
