-- A customer's schedules, and among them those of the same terms: one index in the place of two. The hash of the terms
-- alone came in no order, so that each new schedule touched a leaf of its own.
CREATE INDEX schedules_of_customer_by_terms ON schedules (customer_id, terms_hash) WHERE customer_id IS NOT NULL;
