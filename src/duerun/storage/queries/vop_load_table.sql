CREATE TEMPORARY TABLE vop_load (
  iban text NOT NULL,
  remittance text NOT NULL,
  bank_code text NOT NULL,
  digest bytea NOT NULL,
  held bytea NOT NULL,
  file integer NOT NULL,
  line integer NOT NULL
) ON COMMIT DROP
