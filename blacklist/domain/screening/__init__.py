"""Screening and monitoring: what a table of customers says, row by row."""
