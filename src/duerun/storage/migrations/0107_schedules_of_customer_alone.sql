-- Apart from the index that takes their place, since a drop holds up readers too.
DROP INDEX schedules_of_customer;
DROP INDEX schedules_terms;
