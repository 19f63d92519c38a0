UPDATE tokens SET charge_status = %(status)s
WHERE card_id = %(card_id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
