"""One member's running program."""
