"""The threshold verifiable oblivious PRF over ristretto255; its output is that of RFC 9497."""
