UPDATE gateways SET retired_at = now() WHERE account_id = %(account_id)s AND livemode = %(livemode)s AND retired_at IS NULL
