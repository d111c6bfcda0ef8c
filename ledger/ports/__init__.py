"""Protocols of the outside world; their docstrings state behaviour."""
