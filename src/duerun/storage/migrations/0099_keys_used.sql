-- When a key last let somebody in, to a few minutes: noted once for many requests.
ALTER TABLE keys ADD COLUMN used_at timestamptz;
