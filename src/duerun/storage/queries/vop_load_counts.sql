SELECT
  (SELECT count(*) FROM vop_load) AS accounts,
  (SELECT count(*) FROM vop_accounts) AS known,
  (
    SELECT count(*) FROM vop_accounts AS held
    WHERE NOT EXISTS (
      SELECT FROM vop_load AS fresh WHERE fresh.iban = held.iban AND fresh.remittance = held.remittance
    )
  ) AS missing
