-- What a statement inserts into a block is added to its count at once, and no longer row by row: a chunk of a file whose job is older than the
-- newest block changed the same row thousands of times. Blocks are changed in the order of time, as before.
CREATE FUNCTION list_blocks_add(of_list text, of_account bigint, of_mode boolean, moments timestamptz[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  block record;
BEGIN
  FOR block IN
    SELECT b.until, count(*) AS objects
    FROM unnest(moments) AS created
    CROSS JOIN LATERAL (
      SELECT since, until FROM list_blocks
      WHERE list = of_list AND account_id = of_account AND livemode = of_mode AND until > created
      ORDER BY until
      LIMIT 1
    ) AS b
    WHERE b.since <= created
    GROUP BY b.until
    ORDER BY b.until
  LOOP
    UPDATE list_blocks SET objects = objects + block.objects
    WHERE list = of_list AND account_id = of_account AND livemode = of_mode AND until = block.until;
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION list_blocks_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place record;
BEGIN
  FOR place IN SELECT account_id, livemode, min(created_at) AS first FROM fresh GROUP BY account_id, livemode LOOP
    IF list_blocks_reach(TG_TABLE_NAME, place.account_id, place.livemode, place.first) THEN
      PERFORM list_blocks_add(TG_TABLE_NAME, place.account_id, place.livemode, array_agg(f.created_at))
      FROM fresh f WHERE f.account_id = place.account_id AND f.livemode = place.livemode;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION list_blocks_scheduled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place record;
BEGIN
  FOR place IN
    SELECT account_id, livemode, kind, min(created_at) AS first FROM fresh GROUP BY account_id, livemode, kind
  LOOP
    IF list_blocks_reach('schedules', place.account_id, place.livemode, place.first)
      OR list_blocks_reach(place.kind || '_schedules', place.account_id, place.livemode, place.first)
    THEN
      PERFORM list_blocks_add(name, place.account_id, place.livemode,
        (SELECT array_agg(f.created_at) FROM fresh f
          WHERE f.account_id = place.account_id AND f.livemode = place.livemode AND f.kind = place.kind))
      FROM unnest(ARRAY[place.kind || '_schedules', 'schedules']) AS name
      ORDER BY name;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
