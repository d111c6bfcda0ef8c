"""Backups: of the ledger and its contents, and, apart from them, of the key store."""
