SELECT drop_decision_months(%(kept)s) AS changed
