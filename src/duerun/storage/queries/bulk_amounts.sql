-- The sound rows by what they have in common: rule, currency and kind.
SELECT every, period, on_text, start_on, end_on, currency, recipient_id IS NOT NULL AS is_transfer, count(*) AS schedules,
  coalesce(sum(amount_minor), 0)::bigint AS amount_minor
FROM bulk_chunk
WHERE error_code IS NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7
