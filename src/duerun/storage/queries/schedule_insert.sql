INSERT INTO schedules (id, account_id, livemode, kind, terms_id, every, period, on_text, start_on, end_on, customer_id,
  card_id, default_card, recipient_id, amount_minor, percentage, currency, description, metadata, capture, terms_hash,
  created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(kind)s, %(terms_id)s, %(every)s, %(period)s, %(on_text)s, %(start_on)s,
  %(end_on)s, %(customer_id)s, %(card_id)s, %(default_card)s, %(recipient_id)s, %(amount_minor)s, %(percentage)s,
  %(currency)s, %(description)s, %(metadata)s, %(capture)s, %(terms_hash)s, %(created_at)s)
