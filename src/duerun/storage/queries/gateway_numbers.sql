SELECT number AS gateway_number, url AS gateway_url, token AS gateway_token, terms AS gateway_terms
FROM gateways
WHERE number > %(after)s AND (retired_at IS NULL OR retired_at > %(retired_since)s)
ORDER BY number
LIMIT %(rows_max)s
