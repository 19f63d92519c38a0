-- Accounts for which this server answers. `remittance` tells accounts apart that share an IBAN; `held` is the account as it is compared.
CREATE TABLE vop_accounts (
  iban text NOT NULL,
  remittance text NOT NULL DEFAULT '',
  bank_code text NOT NULL,
  digest bytea NOT NULL,
  held bytea NOT NULL,
  PRIMARY KEY (iban, remittance)
);

-- The banks whose accounts are kept here, by country and bank code.
CREATE TABLE vop_banks (
  bank_code text PRIMARY KEY,
  accounts bigint NOT NULL
);

CREATE TABLE vop_loads (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file_name text NOT NULL,
  is_complete boolean NOT NULL,
  accounts bigint NOT NULL,
  added bigint NOT NULL,
  changed bigint NOT NULL,
  removed bigint NOT NULL,
  loaded_at timestamptz NOT NULL
);
