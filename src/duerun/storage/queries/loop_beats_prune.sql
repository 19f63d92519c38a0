-- The last row of a loop stays, however old it is: its age is the alarm.
DELETE FROM loop_beats old
WHERE old.beat_at < %(before)s AND EXISTS (
  SELECT FROM loop_beats newer WHERE newer.loop = old.loop AND newer.good_at > coalesce(old.good_at, '-infinity'))
