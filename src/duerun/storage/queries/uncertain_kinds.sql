SELECT
  EXISTS (SELECT FROM occurrences WHERE account_id = %(account_id)s AND livemode = %(livemode)s
    AND state IN ('sent', 'unknown') AND lease_until <= now()) AS occurrences,
  EXISTS (SELECT FROM charges WHERE account_id = %(account_id)s AND livemode = %(livemode)s
    AND gateway_state <> 'settled' AND lease_until <= now()) AS charges,
  EXISTS (SELECT FROM transfers WHERE account_id = %(account_id)s AND livemode = %(livemode)s
    AND gateway_state IN ('sent', 'unknown') AND lease_until <= now()) AS transfers
