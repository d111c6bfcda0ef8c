"""The shared fraud blacklist: matched by tags that no member can compute alone."""
