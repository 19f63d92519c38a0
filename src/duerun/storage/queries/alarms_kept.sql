SELECT to_regclass('loop_beats') IS NOT NULL AND to_regclass('counters') IS NOT NULL AS are_kept
