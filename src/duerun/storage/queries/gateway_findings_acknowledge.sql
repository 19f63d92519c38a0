UPDATE gateway_findings SET acknowledged_at = %(now)s, note = %(note)s
WHERE id = ANY (%(ids)s) AND acknowledged_at IS NULL
