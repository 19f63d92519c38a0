-- Held until the transaction ends, so that a customer who is destroyed at the same time is destroyed before or behind it.
SELECT FROM customers c
WHERE c.id = %(customer_id)s AND c.account_id = %(account_id)s AND c.livemode = %(livemode)s
  AND hash_record_extended(ROW(c.ctid, c.xmin), 0) = %(customer_version)s
FOR SHARE
