-- What many counted blocks hold together, so that a list of millions is added up from tens of rows and not from thousands. A block keeps the count
-- that its sum took over; what changes in it afterwards is told beside the sum until the engine takes that over too. Whoever writes into an
-- old block waits for one short transaction at most.
CREATE TABLE list_block_sums (
  list text NOT NULL,
  account_id bigint NOT NULL REFERENCES accounts,
  livemode boolean NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz NOT NULL,
  objects bigint NOT NULL,
  PRIMARY KEY (list, account_id, livemode, until)
);
ALTER TABLE list_blocks ADD COLUMN summed bigint;
CREATE INDEX list_blocks_moved ON list_blocks (list, account_id, livemode, since) INCLUDE (objects, summed) WHERE objects <> summed;
CREATE INDEX list_blocks_waiting ON list_blocks (list, account_id, livemode, until) WHERE NOT is_counted;
