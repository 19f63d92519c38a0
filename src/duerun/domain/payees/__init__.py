"""Who is paid: names, accounts, identifications, and whether they belong together."""
