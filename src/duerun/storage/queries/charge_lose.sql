UPDATE charges
SET gateway_state = 'unknown',
  lease_until = CASE WHEN gateway_state = 'sent' OR %(ask_again_seconds)s > 0
    THEN now() + %(ask_again_seconds)s * interval '1 second'
      * greatest(1, least(20, extract(epoch FROM now() - sent_at)::float8 / 30), least(20, sends - 1))
    ELSE lease_until END
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
