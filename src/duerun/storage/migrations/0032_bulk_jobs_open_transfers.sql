-- Transfers of a share of the balance have no amount that a limit of approval could be held against. `amount_minor` is from here on
-- the largest sum of any currency.
ALTER TABLE bulk_jobs ADD COLUMN open_transfers boolean NOT NULL DEFAULT false;
