"""The embedded chain: a supervisor around anvil that loses nothing."""
