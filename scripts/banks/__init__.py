"""Several banks on one machine, each with its own node: the parts of ``scripts/consortium.py``."""
