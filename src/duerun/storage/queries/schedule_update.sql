UPDATE schedules
SET amount_minor = %(amount_minor)s, percentage = %(percentage)s, card_id = %(card_id)s, default_card = %(default_card)s,
  card_released_at = CASE WHEN %(card_released)s THEN card_released_at END, recipient_id = %(recipient_id)s,
  description = %(description)s, metadata = %(metadata)s, end_on = %(end_on)s, on_text = %(on_text)s, terms_hash = %(terms_hash)s,
  revision = revision + 1
WHERE id = %(id)s AND account_id = %(account_id)s AND livemode = %(livemode)s
