"""Openable audit: what a caller asked can be opened, one element at a time, to an auditor and nobody else."""
