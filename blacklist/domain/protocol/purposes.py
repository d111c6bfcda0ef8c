"""Why an identifier is evaluated; each purpose has a budget of its own at every server."""

from enum import StrEnum


class Purpose(StrEnum):
    """Purposes, as they travel and are counted."""

    QUERY = "query"
    """One person, before a decision."""
    SCREENING = "screening"
    """A file of customers."""
    MONITORING = "monitoring"
    """Customers whose tags are kept and matched against new entries."""
    LISTING = "listing"
    """A person about to be listed."""
    CORROBORATION = "corroboration"
    """A person whom another member listed."""
    ROTATION = "rotation"
    """Everything that has to be tagged again under a new key."""
    PERSON = "person"
    """A person who asks what is known about them."""
    PROBE = "probe"
    """Trying a key with what is nobody's identifier; anything else under this purpose is a violation."""
