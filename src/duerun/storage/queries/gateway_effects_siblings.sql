SELECT reference, key, effect_id FROM gateway_requests WHERE reference = ANY (%(references)s) AND effect_id IS NOT NULL
