DELETE FROM schedule_dates
WHERE schedule_id = %(schedule_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s AND on_date = %(on_date)s
