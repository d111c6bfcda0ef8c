"""What people are told when a network cannot be written or started: what is wrong, and what to do."""


class NetworkError(Exception):
    """Raised with a sentence for people; nothing was changed that it does not name."""
