UPDATE bulk_chunk SET error_message = CASE error_code
    WHEN 'invalid_customer' THEN 'Customer not found'
    WHEN 'invalid_recipient' THEN 'Recipient not found'
    WHEN 'no_card_attached' THEN 'Customer has no payment card'
    WHEN 'invalid_card' THEN 'Card not found or expired'
  END
WHERE error_message IS NULL AND error_code IN ('invalid_customer', 'invalid_recipient', 'no_card_attached', 'invalid_card')
