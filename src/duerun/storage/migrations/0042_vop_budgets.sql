-- What keeps names from being fished for. No table here holds a name or an IBAN: hashes are keyed with a secret of this database.
CREATE TABLE vop_hash_key (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  readable_key bytea NOT NULL
);
INSERT INTO vop_hash_key (readable_key)
VALUES (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

CREATE TABLE vop_asked (
  asker bytea NOT NULL,
  asked_on date NOT NULL,
  iban_hash bytea NOT NULL,
  name_hash bytea NOT NULL,
  PRIMARY KEY (asker, asked_on, iban_hash, name_hash)
);
CREATE INDEX vop_asked_old ON vop_asked (asked_on);

CREATE TABLE vop_disclosure_counts (
  asker bytea NOT NULL,
  minute timestamptz NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (asker, minute)
);

CREATE TABLE vop_disclosures (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_number bigint NOT NULL,
  end_user text,
  iban_hash bytea NOT NULL,
  reason text NOT NULL,
  disclosed_at timestamptz NOT NULL
);
CREATE INDEX vop_disclosures_at ON vop_disclosures (disclosed_at);
