-- As in accounts_due: the first one in the order of the index.
SELECT
  coalesce((SELECT lease_until FROM occurrences WHERE account_id = %(account_id)s AND livemode = %(livemode)s
    AND state IN ('sent', 'unknown') ORDER BY lease_until LIMIT 1) <= now(), false) AS occurrences,
  coalesce((SELECT lease_until FROM charges WHERE account_id = %(account_id)s AND livemode = %(livemode)s
    AND gateway_state <> 'settled' ORDER BY lease_until LIMIT 1) <= now(), false) AS charges,
  coalesce((SELECT lease_until FROM transfers WHERE account_id = %(account_id)s AND livemode = %(livemode)s
    AND gateway_state IN ('sent', 'unknown') ORDER BY lease_until LIMIT 1) <= now(), false) AS transfers
