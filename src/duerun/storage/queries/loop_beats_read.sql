SELECT loop, max(good_at) AS good_at,
  count(*) FILTER (WHERE beat_at > %(alive_since)s) AS processes,
  min(coalesce(good_at, started_at)) FILTER (WHERE beat_at > %(alive_since)s) AS slowest_at,
  coalesce(max(failures) FILTER (WHERE beat_at > %(alive_since)s), 0) AS failures
FROM loop_beats
GROUP BY loop
ORDER BY loop
