"""Distributed key generation and resharing: no member ever holds the key."""
