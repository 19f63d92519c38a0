UPDATE bulk_jobs SET totals = %(totals)s WHERE number = %(number)s AND account_id = %(account_id)s AND livemode = %(livemode)s
