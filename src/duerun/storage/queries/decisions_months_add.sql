SELECT add_decision_months(%(ahead)s) AS changed
