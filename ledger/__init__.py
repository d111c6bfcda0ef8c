"""The evidence ledger: from bytes to a proof that a court checks offline."""
