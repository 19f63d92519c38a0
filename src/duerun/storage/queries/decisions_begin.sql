SELECT begins AS began_at FROM decision_parts ORDER BY begins NULLS FIRST LIMIT 1
