-- What a captured charge leaves after the fee and the VAT on the fee, each rounded half up: what `duerun.domain.charges` says of a
-- value; a test holds the two together.
CREATE FUNCTION charge_net(amount_minor bigint, fee_rate numeric, vat_rate numeric) RETURNS numeric LANGUAGE sql IMMUTABLE
  RETURN amount_minor - round(amount_minor * fee_rate / 100) - round(round(amount_minor * fee_rate / 100) * vat_rate / 100);

-- What happened on a past day is counted and listed by the moment at which it was settled.
CREATE INDEX occurrences_processed ON occurrences (account_id, livemode, processed_at) WHERE processed_at IS NOT NULL;
