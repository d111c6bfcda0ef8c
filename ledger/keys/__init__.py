"""Signers for both curves, and the key store of wrapped record keys."""
