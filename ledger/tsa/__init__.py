"""Time-stamping authorities over HTTP (RFC 3161 §3.4): asking, verifying, and fetching revocation lists."""
