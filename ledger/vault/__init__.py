"""Encrypted content store."""
