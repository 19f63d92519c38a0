-- How often a card was charged by itself tells which try the next one is.
CREATE INDEX charges_of_card ON charges (card_id, created_at, id) WHERE schedule_id IS NULL;

-- A token shows what became of the charge that used it.
CREATE INDEX tokens_of_card ON tokens (card_id);
