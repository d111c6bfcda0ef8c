"""What a court checks: package, proofs and the numbered verification."""
