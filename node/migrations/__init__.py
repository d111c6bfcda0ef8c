"""Schema migrations of the node's own tables, run by the environment in `ledger.store.migrations`."""
