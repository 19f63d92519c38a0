-- The number of a send that the processor did not take on. It holds for that send alone: the next one has another number,
-- whichever version of the product makes it.
ALTER TABLE occurrences ADD COLUMN put_off_at_send integer;

CREATE OR REPLACE FUNCTION log_occurrence_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO occurrence_decisions (occurrence_id, account_id, livemode, state_before, state, token, sends, due_before, due_at,
    retry_on, released, amount_minor, card_id, message, result_id, processed_at, rule, actor, account_clock)
  SELECT n.id, n.account_id, n.livemode, o.state, n.state, n.token, n.sends, o.due_at, n.due_at, n.retry_on, n.released,
    n.amount_minor, n.card_id, n.message, n.result_id, n.processed_at,
    CASE WHEN n.state = 'unknown' AND n.put_off_at_send = n.sends THEN 'put off' END,
    nullif(current_setting('duerun.actor', true), ''), nullif(current_setting('duerun.account_clock', true), '')::timestamptz
  FROM changed n JOIN former o ON o.id = n.id
  WHERE (n.state, n.sends, n.due_at, n.retry_on, n.released, n.amount_minor, n.card_id, n.message, n.result_id)
    IS DISTINCT FROM (o.state, o.sends, o.due_at, o.retry_on, o.released, o.amount_minor, o.card_id, o.message, o.result_id);
  RETURN NULL;
END $$;
