-- Tokens count as one card for one row, and give a customer its default card: such rows are taken in their order.
WITH coming AS MATERIALIZED (
  SELECT row_number <= %(middle)s AS is_first, customer_key, terms_hash, card LIKE 'tokn!_%%' ESCAPE '!' AS has_token
  FROM bulk_rows
  WHERE job_number = %(number)s AND row_number > %(after)s AND row_number <= %(through)s
)
SELECT NOT EXISTS (SELECT FROM coming WHERE has_token)
  AND NOT (%(by_terms)s AND EXISTS (
    SELECT FROM coming a JOIN coming b ON b.terms_hash = a.terms_hash WHERE a.is_first AND NOT b.is_first))
  AND NOT (%(by_key)s AND EXISTS (
    SELECT FROM coming a JOIN coming b ON b.customer_key = a.customer_key
    WHERE a.is_first AND NOT b.is_first AND a.customer_key <> '')) AS apart
