"""Tables of the blacklist, in the ledger's database, and their queries."""
