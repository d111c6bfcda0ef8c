"""The pure domain of the blacklist: no I/O, no clock, no randomness of its own."""
