-- The form that a key was made with: the same form, sent twice, makes no second key that nobody has seen.
ALTER TABLE keys ADD COLUMN form text UNIQUE CHECK (length(form) <= 64);
