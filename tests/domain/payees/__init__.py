"""Names of payees compared."""
