SELECT row_number, customer_key, customer_id, terms_hash, start_on, end_on FROM (
  SELECT *, count(*) OVER (PARTITION BY terms_hash, customer_id) AS same_terms, count(*) OVER (PARTITION BY customer_key) AS same_key
  FROM bulk_chunk WHERE error_code IS NULL
) AS counted
WHERE (same_terms > 1 AND terms_hash IS NOT NULL) OR same_key > 1
ORDER BY row_number
