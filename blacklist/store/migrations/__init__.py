"""Migrations of the blacklist's tables, with a history of their own."""
