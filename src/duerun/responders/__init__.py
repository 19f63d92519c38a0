"""Who answers for a payee: directories of one's own, other PSPs, and one to practise with."""
