"""What is listed: grounds, facts, the law's conditions, rows of the index, and where an entry stands."""
