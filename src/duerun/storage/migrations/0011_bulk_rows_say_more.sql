-- Rows that pay recipients, and metadata from a file's own columns. An absent value is stored as none.
ALTER TABLE bulk_rows ADD COLUMN recipient_id text;
ALTER TABLE bulk_rows ADD COLUMN percentage numeric;
ALTER TABLE bulk_rows ADD COLUMN metadata jsonb;
