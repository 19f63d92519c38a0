INSERT INTO cards (id, account_id, livemode, name, brand, bank, country, financing, first_digits, last_digits,
  fingerprint, expiration_month, expiration_year, security_code_check, gateway_reference, street1, street2, city, state,
  postal_code, phone_number, created_at)
VALUES (%(id)s, %(account_id)s, %(livemode)s, %(name)s, %(brand)s, %(bank)s, %(country)s, %(financing)s,
  %(first_digits)s, %(last_digits)s, %(fingerprint)s, %(expiration_month)s, %(expiration_year)s,
  %(security_code_check)s, %(gateway_reference)s, %(street1)s, %(street2)s, %(city)s, %(state)s, %(postal_code)s,
  %(phone_number)s, %(created_at)s)
