UPDATE bulk_jobs SET total_rows = %(total_rows)s, line_end = %(line_end)s
WHERE number = %(number)s AND account_id = %(account_id)s AND livemode = %(livemode)s
