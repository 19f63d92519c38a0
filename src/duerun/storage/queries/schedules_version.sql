-- A number that differs once anything differs that is told of a schedule: it stands for the row versions that the
-- schedule, its occurrences and its changed dates have.
SELECT hash_record_extended(ROW(s.ctid, s.xmin), 0)
  # coalesce((SELECT bit_xor(hash_record_extended(ROW(o.tableoid, o.ctid, o.xmin), 1)) FROM occurrences o
    WHERE o.schedule_id = s.id), 0)
  # coalesce((SELECT bit_xor(hash_record_extended(ROW(d.ctid, d.xmin), 2)) FROM schedule_dates d
    WHERE d.schedule_id = s.id), 0)
FROM schedules s WHERE s.id = listed.id
