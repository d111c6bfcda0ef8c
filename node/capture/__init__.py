"""Capture: a recording is hashed while it is still running; standard library and pure floors only."""
