"""Schema migrations of the key store, run by the environment in `ledger.store.migrations`."""
