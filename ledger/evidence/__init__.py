"""The pure domain: statements, custody, log, case chain, anchoring life cycle."""
