-- Each has another beside it now that begins alike. Apart from those, since a drop holds up readers too, if only for a moment.
DROP INDEX schedules_listed;
DROP INDEX charges_listed;
DROP INDEX transfers_listed;
DROP INDEX customers_listed;
DROP INDEX recipients_listed;
