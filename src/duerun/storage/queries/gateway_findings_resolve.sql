UPDATE gateway_findings SET resolved_at = now()
WHERE gateway = %(gateway)s AND kind = 'missing' AND resolved_at IS NULL AND key = ANY (%(keys)s)
