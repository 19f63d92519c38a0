UPDATE accounts
SET timezone = coalesce(%(timezone)s, timezone), charge_run_time = coalesce(%(charge_run_time)s::time, charge_run_time),
  transfer_run_time = coalesce(%(transfer_run_time)s::time, transfer_run_time),
  api_version = coalesce(%(api_version)s, api_version), settings = settings || %(settings)s
WHERE id = %(account_id)s
