-- The name of a day stands in for the id, which follows from it.
SELECT issued_on::text AS id, issued_on, created_at, charge_fee_minor, voided_fee_minor, transfer_fee_minor, vat_minor
FROM (
  SELECT issued_on, min(created_at) AS created_at, sum(charge_fee)::bigint AS charge_fee_minor,
    sum(voided_fee)::bigint AS voided_fee_minor, sum(transfer_fee)::bigint AS transfer_fee_minor, sum(vat)::bigint AS vat_minor
  FROM (
    SELECT (t.created_at AT TIME ZONE %(timezone)s)::date AS issued_on, t.created_at,
      coalesce(c.fee_minor, 0) AS charge_fee, coalesce(v.fee_minor, 0) AS voided_fee, coalesce(f.fee_minor, 0) AS transfer_fee,
      coalesce(c.fee_vat_minor, 0) - coalesce(v.fee_vat_minor, 0) + coalesce(f.fee_vat_minor, 0) AS vat
    FROM transactions t
    LEFT JOIN charges c ON c.id = t.origin_id AND t.key = 'charge.captured.net' AND c.account_id = %(account_id)s AND c.livemode = %(livemode)s
    LEFT JOIN refunds r ON r.id = t.origin_id AND t.key = 'refund.debit' AND r.voided AND r.account_id = %(account_id)s AND r.livemode = %(livemode)s
    LEFT JOIN charges v ON v.id = r.charge_id AND v.account_id = %(account_id)s AND v.livemode = %(livemode)s
    LEFT JOIN transfers f ON f.id = t.origin_id AND t.key = 'transfer.sent.debit' AND f.account_id = %(account_id)s AND f.livemode = %(livemode)s
    WHERE t.account_id = %(account_id)s AND t.livemode = %(livemode)s
      AND (%(issued_on_from)s::timestamptz IS NULL OR t.created_at >= %(issued_on_from)s)
      AND (%(issued_on_to)s::timestamptz IS NULL OR t.created_at < %(issued_on_to)s)
  ) AS fees
  GROUP BY issued_on
  HAVING sum(charge_fee + voided_fee + transfer_fee) > 0
) AS days
WHERE (%(pattern)s::text IS NULL OR concat_ws(chr(10), %(number_head)s::text || to_char(issued_on, 'YYYYMMDD'), issued_on) ILIKE %(pattern)s)
  AND (%(total_from)s::numeric IS NULL
    OR charge_fee_minor - voided_fee_minor + transfer_fee_minor + vat_minor >= %(total_from)s * minor_units(%(currency)s))
  AND (%(total_to)s::numeric IS NULL
    OR charge_fee_minor - voided_fee_minor + transfer_fee_minor + vat_minor <= %(total_to)s * minor_units(%(currency)s))
