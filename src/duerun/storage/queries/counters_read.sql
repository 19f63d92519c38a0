SELECT name, label, count FROM counters ORDER BY name, label LIMIT %(rows_max)s
