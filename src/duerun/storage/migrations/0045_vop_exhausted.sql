-- Accounts on which an asker has tried as many names in a day as it may: no further name is answered, not even the right one.
CREATE TABLE vop_exhausted (
  asker bytea NOT NULL,
  asked_on date NOT NULL,
  iban_hash bytea NOT NULL,
  PRIMARY KEY (asker, asked_on, iban_hash)
);
