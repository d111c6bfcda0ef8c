"""The blacklist in a running node: its contract, keys at rest, other members, rounds."""
