-- One event, and what is to be delivered of it, in one statement. What the database does not take of it is told by less: money
-- goes before events. Answers what was wrong where even that is not taken.
CREATE FUNCTION event_write(
  new_id text, of_account bigint, of_mode boolean, happened text, about text, told text, less text, version text, moment timestamptz,
  deliver_to text
) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    INSERT INTO events (id, account_id, livemode, key, object_id, data, api_version, created_at)
    VALUES (new_id, of_account, of_mode, happened, about, told, version, moment);
  EXCEPTION WHEN data_exception OR integrity_constraint_violation OR syntax_error_or_access_rule_violation THEN
    INSERT INTO events (id, account_id, livemode, key, object_id, data, api_version, created_at)
    VALUES (new_id, of_account, of_mode, happened, about, less, version, moment);
  END;
  IF deliver_to IS NOT NULL THEN
    INSERT INTO webhook_deliveries (event_id, account_id, livemode, object_id, uri, created_at)
    VALUES (new_id, of_account, of_mode, about, deliver_to, moment);
  END IF;
  RETURN NULL;
EXCEPTION WHEN data_exception OR integrity_constraint_violation OR syntax_error_or_access_rule_violation THEN
  RETURN SQLERRM;
END
$$;
