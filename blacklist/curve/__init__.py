"""Arithmetic of ristretto255 (RFC 9496): a thin binding of libsodium, and memory for secrets."""
