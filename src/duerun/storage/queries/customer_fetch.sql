SELECT id, livemode, email, description, metadata, default_card_id, created_at, deleted_at,
  hash_record_extended(ROW(ctid, xmin), 0) AS version
FROM customers
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
