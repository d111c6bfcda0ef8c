"""The steps of a recording's walk; they see ports and store, never adapters."""
