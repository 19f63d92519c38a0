-- Dates up to this one were planned by an earlier rule of the schedule: the calendar of the present one counts behind it.
ALTER TABLE schedules ADD COLUMN rule_after date;
