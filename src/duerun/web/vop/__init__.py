"""The face for verification of payees: records, files and what is wrong with them."""
