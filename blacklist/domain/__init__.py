"""What the blacklist is, as pure rules: identifiers, the threshold OPRF, entries."""
