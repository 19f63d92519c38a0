SELECT number, url, token, terms FROM gateways
WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND retired_at IS NULL
FOR UPDATE
