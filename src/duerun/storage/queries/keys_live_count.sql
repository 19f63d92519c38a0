SELECT count(*) AS live FROM keys WHERE livemode AND (expires_at IS NULL OR expires_at > %(now)s)
