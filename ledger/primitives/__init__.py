"""Digests, encodings and signature verification: pure, standard library only."""
