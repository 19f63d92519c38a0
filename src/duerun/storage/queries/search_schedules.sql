SELECT s.id, s.created_at
FROM schedules s
LEFT JOIN cards k ON k.id = s.card_id AND k.account_id = %(account_id)s AND k.livemode = %(livemode)s
LEFT JOIN customers u ON u.id = s.customer_id AND u.account_id = %(account_id)s AND u.livemode = %(livemode)s
LEFT JOIN recipients r ON r.id = s.recipient_id AND r.account_id = %(account_id)s AND r.livemode = %(livemode)s
WHERE s.account_id = %(account_id)s AND s.livemode = %(livemode)s AND s.kind = %(kind)s
  AND (%(pattern)s::text IS NULL OR concat_ws(chr(10), s.id, s.description, s.customer_id, u.email, u.description, s.card_id, k.name,
    k.last_digits, s.recipient_id, r.name, r.bank_account_name,
    CASE WHEN s.metadata <> '{}' THEN (SELECT string_agg(value, chr(10)) FROM jsonb_each_text(s.metadata)) END) ILIKE %(pattern)s)
  AND (%(amount_from)s::numeric IS NULL OR s.amount_minor >= %(amount_from)s * minor_units(s.currency))
  AND (%(amount_to)s::numeric IS NULL OR s.amount_minor <= %(amount_to)s * minor_units(s.currency))
  AND (%(card_last_digits)s::text IS NULL OR k.last_digits = %(card_last_digits)s)
  AND (%(active)s::boolean IS NULL OR (s.state = 'active' AND s.paused_at IS NULL) = %(active)s)
  -- Dates are counted only for those words that depend on them.
  AND (%(status)s::text IS NULL OR %(status)s = CASE
    WHEN s.state <> 'active' THEN s.state
    WHEN s.paused_at IS NOT NULL THEN 'paused'
    WHEN %(status)s IN ('active', 'expiring') AND s.end_on IS NOT NULL AND (
      SELECT count(DISTINCT coalesce(d.moved_to, dates.day))
      FROM (
        SELECT o.scheduled_on FROM occurrences o
        WHERE o.schedule_id = s.id AND o.state IN ('due', 'held', 'sent', 'unknown')
        UNION ALL
        SELECT schedule_dates_ahead(s.every, s.period, s.on_text, s.start_on, s.end_on,
          (SELECT max(o.scheduled_on) FROM occurrences o WHERE o.schedule_id = s.id),
          2 + (SELECT count(*) FROM schedule_dates c WHERE c.schedule_id = s.id))
      ) AS dates (day)
      LEFT JOIN schedule_dates d ON d.schedule_id = s.id AND d.on_date = dates.day
      WHERE d.skipped IS NOT TRUE) <= 1 THEN 'expiring'
    ELSE 'active' END)
