SELECT add_decision_months(%(ahead)s) + CASE WHEN %(kept)s > 0 THEN drop_decision_months(%(kept)s) ELSE 0 END AS changed
