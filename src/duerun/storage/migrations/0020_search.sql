-- How many of the smallest unit make one of a currency, for amounts that are asked for in main units.
CREATE FUNCTION minor_units(currency text) RETURNS integer LANGUAGE sql IMMUTABLE
  RETURN CASE currency WHEN 'JPY' THEN 1 ELSE 100 END;

-- The first dates of a rule after a day, at most as many as asked for: what `duerun.domain.recurrence` says of a value, of a
-- stored rule that has an end; a test holds the two together.
CREATE FUNCTION schedule_dates_ahead(
  every integer, period text, on_text text, start_on date, end_on date, after date, most bigint
) RETURNS SETOF date LANGUAGE sql STABLE AS $$
  SELECT day
  FROM (SELECT first + generate_series(0, end_on - first) AS day FROM (SELECT greatest(start_on, after + 1) AS first) AS f) AS d
  WHERE CASE period
    WHEN 'day' THEN (day - start_on) % every = 0
    WHEN 'week' THEN (day - date_trunc('week', start_on)::date) / 7 % every = 0
      AND to_char(day, 'FMday') = ANY (string_to_array(on_text, ';'))
    ELSE ((extract(year FROM day) - extract(year FROM start_on)) * 12
        + extract(month FROM day) - extract(month FROM start_on))::bigint % every = 0
      AND (extract(day FROM day)::text = ANY (string_to_array(on_text, ';'))
        OR on_text = (ARRAY['1st', '2nd', '3rd', '4th', '5th'])[((extract(day FROM day)::integer - 1) / 7) + 1]
          || '_' || to_char(day, 'FMday')
        OR (on_text = 'last_' || to_char(day, 'FMday') AND extract(month FROM day + 7) <> extract(month FROM day)))
    END
  LIMIT most
$$;

-- Of all events only those of charges are asked for by their object; the others need no entry.
CREATE INDEX events_of_charge ON events (object_id, created_at) WHERE key LIKE 'charge.%';
