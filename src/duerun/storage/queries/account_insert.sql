WITH account AS (
  INSERT INTO accounts (public_id, team_id, email, country, currency, timezone, api_version, charge_run_time,
    transfer_run_time, settings, created_at)
  VALUES (%(public_id)s, %(team_id)s, %(email)s, %(country)s, %(currency)s, %(timezone)s, %(api_version)s,
    %(charge_run_time)s, %(transfer_run_time)s, %(settings)s, %(now)s)
  RETURNING id
), balances_made AS (
  INSERT INTO balances (account_id, livemode, created_at)
  SELECT id, livemode, %(now)s FROM account CROSS JOIN (VALUES (false), (true)) AS m (livemode)
)
SELECT id FROM account
