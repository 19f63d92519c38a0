UPDATE schedules SET default_card = true, card_released_at = now()
WHERE card_id = %(card_id)s AND customer_id = %(customer_id)s AND account_id = %(account_id)s
  AND livemode = %(livemode)s AND state = 'active' AND NOT default_card
