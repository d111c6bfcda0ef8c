"""A watched folder: files that other systems put there are sealed, and moved aside with their receipts."""
