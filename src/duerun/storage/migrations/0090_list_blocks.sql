-- How many objects of a list were created in a span of time, so that nobody counts millions to tell a total or to find an offset.
-- A block is opened where rows are already there, and counted once every transaction has ended that may not have seen it; from its opening on,
-- whoever inserts into its span, or takes something out of it, changes its count in the same transaction.
CREATE TABLE list_blocks (
  list text NOT NULL,
  account_id bigint NOT NULL REFERENCES accounts,
  livemode boolean NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz NOT NULL,
  objects bigint NOT NULL DEFAULT 0,
  horizon xid8,
  is_counted boolean NOT NULL DEFAULT false,
  PRIMARY KEY (list, account_id, livemode, until)
);
CREATE INDEX list_blocks_counted ON list_blocks (list, account_id, livemode, since, until) INCLUDE (objects) WHERE is_counted;

CREATE FUNCTION list_blocks_reach(of_list text, of_account bigint, of_mode boolean, created timestamptz) RETURNS boolean
LANGUAGE sql AS $$
  SELECT EXISTS (
    SELECT FROM list_blocks WHERE list = of_list AND account_id = of_account AND livemode = of_mode AND until > created
  )
$$;

CREATE FUNCTION list_blocks_change(of_list text, of_account bigint, of_mode boolean, created timestamptz, change integer)
RETURNS void LANGUAGE sql AS $$
  UPDATE list_blocks SET objects = objects + change
  WHERE list = of_list AND account_id = of_account AND livemode = of_mode AND since <= created AND until > created
$$;

-- Nearly every row comes behind all blocks of its list: one look for each account of a statement is all that costs.
CREATE FUNCTION list_blocks_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place record;
BEGIN
  FOR place IN SELECT account_id, livemode, min(created_at) AS first FROM fresh GROUP BY account_id, livemode LOOP
    IF list_blocks_reach(TG_TABLE_NAME, place.account_id, place.livemode, place.first) THEN
      PERFORM list_blocks_change(TG_TABLE_NAME, f.account_id, f.livemode, f.created_at, 1)
      FROM fresh f WHERE f.account_id = place.account_id AND f.livemode = place.livemode
      ORDER BY f.created_at;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;

-- Schedules are listed all together, and by their kind.
CREATE FUNCTION list_blocks_scheduled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place record;
BEGIN
  FOR place IN
    SELECT account_id, livemode, kind, min(created_at) AS first FROM fresh GROUP BY account_id, livemode, kind
  LOOP
    IF list_blocks_reach('schedules', place.account_id, place.livemode, place.first)
      OR list_blocks_reach(place.kind || '_schedules', place.account_id, place.livemode, place.first)
    THEN
      PERFORM list_blocks_change(name, f.account_id, f.livemode, f.created_at, 1)
      FROM fresh f, unnest(ARRAY['schedules', f.kind || '_schedules']) AS name
      WHERE f.account_id = place.account_id AND f.livemode = place.livemode AND f.kind = place.kind
      ORDER BY name, f.created_at;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;

CREATE FUNCTION list_blocks_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM list_blocks_change(
    TG_TABLE_NAME, NEW.account_id, NEW.livemode, NEW.created_at, CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END
  );
  RETURN NULL;
END
$$;

CREATE TRIGGER list_blocks_inserted AFTER INSERT ON charges REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION list_blocks_inserted();
CREATE TRIGGER list_blocks_inserted AFTER INSERT ON customers REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION list_blocks_inserted();
CREATE TRIGGER list_blocks_inserted AFTER INSERT ON events REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION list_blocks_inserted();
CREATE TRIGGER list_blocks_inserted AFTER INSERT ON recipients REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION list_blocks_inserted();
CREATE TRIGGER list_blocks_inserted AFTER INSERT ON refunds REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION list_blocks_inserted();
CREATE TRIGGER list_blocks_inserted AFTER INSERT ON schedules REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION list_blocks_scheduled();
CREATE TRIGGER list_blocks_inserted AFTER INSERT ON transactions REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION list_blocks_inserted();
CREATE TRIGGER list_blocks_inserted AFTER INSERT ON transfers REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION list_blocks_inserted();

CREATE TRIGGER list_blocks_deleted AFTER UPDATE OF deleted_at ON customers FOR EACH ROW
  WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION list_blocks_deleted();
CREATE TRIGGER list_blocks_deleted AFTER UPDATE OF deleted_at ON recipients FOR EACH ROW
  WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION list_blocks_deleted();
CREATE TRIGGER list_blocks_deleted AFTER UPDATE OF deleted_at ON transfers FOR EACH ROW
  WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION list_blocks_deleted();
