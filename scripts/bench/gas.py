"""Gas of an anchor at a log of 2^20 leaves: measured on an in-process chain under London rules."""

from contract.test_gas import measure
from measure import Row

PLAIN_TRANSFER = 21_000


def rows() -> list[Row]:
    """Measure every anchor of the gas table."""
    return [
        Row(
            name,
            f"{used:,} gas",
            f"{PLAIN_TRANSFER:,} (plain transfer)",
            used / PLAIN_TRANSFER,
            "< 80,000 once a head is there",
        )
        for name, used in measure().items()
        if name.startswith("anchor")
    ]
