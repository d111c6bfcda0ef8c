"""``lianzheng doctor``: looks at everything that a node needs, changes nothing, and says what to do."""
