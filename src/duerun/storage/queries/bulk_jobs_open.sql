SELECT count(*) AS open FROM bulk_jobs
WHERE state IN ('pending', 'processing') AND account_id = %(account_id)s AND livemode = %(livemode)s
